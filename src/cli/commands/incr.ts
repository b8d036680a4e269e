// clonectl incr: takes an increment, or a full with the reason why.

import { defineCommand } from '../command.ts'
import { backupErrors } from './backup-errors.ts'
import { cloneOptions } from './clone-options.ts'

export const incr = defineCommand({
  name: 'incr',
  describe: 'Take an increment on an earlier backup',
  options: {
    base: {
      kind: 'string',
      value: 'ID',
      default: 'latest',
      describe: 'What to make it on: latest, latest-full or an id',
    },
    'no-fallback': {
      kind: 'boolean',
      describe: 'Fail when no increment can be made, instead of taking a full',
    },
    ...cloneOptions,
  },
  connects: true,
  locks: 'write',
  examples: [
    { command: 'clonectl incr --repo /backup/shop', about: 'On the newest usable backup' },
    { command: 'clonectl incr --base latest-full --no-fallback', about: 'Always on the full' },
  ],
  errors: ['BACKUP_UNKNOWN', 'BASE_UNUSABLE', ...backupErrors],
  async run(args, context) {
    const { takeAndTell } = await import('../take-and-tell.ts')
    return takeAndTell(context, {
      type: 'increment',
      base: args.base,
      fallback: !args.noFallback,
      args,
    })
  },
})
