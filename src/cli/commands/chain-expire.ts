// clonectl chain expire: old backups go, and nothing that anything kept needs.

import { defineCommand } from '../command.ts'

export const chainExpire = defineCommand({
  name: 'chain expire',
  describe: 'Move backups to the trash that no rule keeps',
  options: {
    window: {
      kind: 'string',
      value: 'DURATION',
      describe: 'Keep every time reachable from so long ago on, such as 14d',
    },
    'keep-full': {
      kind: 'number',
      min: 1,
      max: 1_000_000,
      value: 'N',
      describe: 'Keep the newest N fulls and everything that sits on them',
    },
    'keep-last': {
      kind: 'number',
      min: 1,
      max: 1_000_000,
      value: 'N',
      describe: 'Keep the newest N backups and everything they sit on',
    },
    'keep-label': {
      kind: 'string',
      value: 'PATTERN',
      describe: 'Keep also backups with such a label; * stands for any text',
    },
    'include-broken': {
      kind: 'boolean',
      describe: 'Let also go what cannot be restored although its chain stays',
    },
    confirm: { kind: 'boolean', describe: 'Do it; otherwise it is only shown' },
  },
  connects: false,
  locks: 'write',
  examples: [
    { command: 'clonectl chain expire --window 14d', about: 'What would go, and why' },
    {
      command: "clonectl chain expire --window 14d --keep-full 2 --keep-label 'release*' --confirm",
      about: 'What any of the rules keeps stays',
    },
  ],
  errors: ['LOCKED', 'REPOSITORY_MISSING', 'REPOSITORY_UNREADABLE', 'REPOSITORY_NEWER'],
  async run(args, context) {
    const { expireAndTell } = await import('../expire-and-tell.ts')
    return expireAndTell(context, args)
  },
})
