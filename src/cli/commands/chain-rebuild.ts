// clonectl chain rebuild: reads the whole repository anew, and mends what needs no guessing.

import { defineCommand } from '../command.ts'

export const chainRebuild = defineCommand({
  name: 'chain rebuild',
  describe: 'Look for what is wrong in a repository, and mend what needs no guessing',
  options: {
    confirm: { kind: 'boolean', describe: 'Mend it; otherwise it is only shown' },
  },
  connects: false,
  locks: 'write',
  examples: [
    { command: 'clonectl chain rebuild --repo /backup/shop', about: 'What is there, and wrong' },
    {
      command: 'clonectl chain rebuild --confirm',
      about: 'A lost repository.json is written anew',
    },
  ],
  errors: [
    'LOCKED',
    'REPOSITORY_MISSING',
    'REPOSITORY_UNREADABLE',
    'REPOSITORY_NEWER',
    'INTEGRITY',
  ],
  async run({ confirm }, context) {
    const { rebuildAndTell } = await import('../rebuild-and-tell.ts')
    return rebuildAndTell(context, confirm)
  },
})
