// clonectl full: takes a full backup.

import { defineCommand } from '../command.ts'
import { backupErrors } from './backup-errors.ts'
import { cloneOptions } from './clone-options.ts'

export const full = defineCommand({
  name: 'full',
  describe: 'Take a full backup',
  options: cloneOptions,
  connects: true,
  locks: 'write',
  examples: [
    { command: 'clonectl full --repo /backup/shop', about: 'The first one makes the repository' },
    {
      command: 'clonectl full --compress --donor backup@db1:3306 --donor-password-file /etc/db1.pw',
      about: 'Another GreatSQL server, cloned by this one',
    },
  ],
  errors: backupErrors,
  async run(args, context) {
    const { takeAndTell } = await import('../take-and-tell.ts')
    return takeAndTell(context, {
      type: 'full',
      base: 'latest',
      fallback: true,
      args,
    })
  },
})
