// clonectl trash empty: removes for good what was moved aside.

import { defineCommand } from '../command.ts'

export const trashEmpty = defineCommand({
  name: 'trash empty',
  describe: 'Remove for good what lies in the trash',
  options: {
    'older-than': {
      kind: 'string',
      value: 'DURATION',
      describe: 'Only what has lain there for so long, such as 7d',
    },
    confirm: { kind: 'boolean', describe: 'Do it; otherwise it is only shown' },
  },
  connects: false,
  locks: 'write',
  examples: [
    { command: 'clonectl trash empty --older-than 7d', about: 'What would be removed' },
    { command: 'clonectl trash empty --older-than 7d --confirm', about: 'Weekly, from cron' },
  ],
  errors: [
    'PARTIAL',
    'LOCKED',
    'REPOSITORY_MISSING',
    'REPOSITORY_UNREADABLE',
    'REPOSITORY_NEWER',
    'PATH_FORBIDDEN',
  ],
  async run(args, context) {
    const { emptyAndTell } = await import('../trash-and-tell.ts')
    return emptyAndTell(context, args)
  },
})
