// clonectl full: takes a full backup.

import { defineCommand } from '../command.ts'
import { backupErrors } from './backup-errors.ts'

export const full = defineCommand({
  name: 'full',
  describe: 'Take a full backup',
  options: {
    label: { kind: 'string', value: 'TEXT', describe: 'A note to keep with the backup' },
    'no-page-track': { kind: 'boolean', describe: 'Leave page tracking in the server as it is' },
  },
  connects: true,
  locks: 'write',
  examples: [
    { command: 'clonectl full --repo /backup/shop', about: 'The first one makes the repository' },
  ],
  errors: backupErrors,
  async run(args, context) {
    const { takeAndTell } = await import('../take-and-tell.ts')
    return takeAndTell(context, {
      type: 'full',
      base: 'latest',
      fallback: true,
      pageTrack: !args.noPageTrack,
      label: args.label,
    })
  },
})
