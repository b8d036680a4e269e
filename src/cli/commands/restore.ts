// clonectl restore: makes a data directory from a chain, and replays binlogs up to a time.

import { defineCommand } from '../command.ts'
import { keyOptions } from './key-options.ts'
import { recoveryOptions } from './recovery-options.ts'
import { targetOptions } from './target-options.ts'

export const restore = defineCommand({
  name: 'restore',
  describe: 'Restore a backup, or the state at a time, into a new directory',
  options: {
    'target-dir': {
      kind: 'string',
      value: 'DIR',
      required: true,
      describe: 'The data directory to make; it must not exist or be empty',
    },
    backup: {
      kind: 'string',
      value: 'ID',
      describe: 'Restore this backup [default: the newest]',
      excludes: ['latest', 'to-time', 'to-gtid', 'before-gtid', 'to-position'],
    },
    ...targetOptions,
    plan: { kind: 'boolean', describe: 'Show what would be done, and change nothing' },
    start: { kind: 'boolean', describe: 'Leave the restored instance running' },
    ...recoveryOptions,
    ...keyOptions,
    parallel: {
      kind: 'number',
      min: 1,
      max: 64,
      value: 'N',
      describe: 'Files at once [default: one per processor]',
    },
  },
  connects: true,
  locks: 'read',
  examples: [
    { command: 'clonectl restore --target-dir /data/new', about: 'The newest backup' },
    {
      command:
        'clonectl restore --target-dir /data/new --to-time 2026-11-20T09:30:12Z --binlog-dir /var/lib/mysql --plan',
      about: 'What a recovery to that second would take',
    },
  ],
  errors: [
    'CONFIG',
    'LOCKED',
    'REPOSITORY_MISSING',
    'REPOSITORY_UNREADABLE',
    'REPOSITORY_NEWER',
    'PATH_NOT_EMPTY',
    'PATH_FORBIDDEN',
    'BACKUP_UNKNOWN',
    'CHAIN_BROKEN',
    'TARGET_UNREACHABLE',
    'BINLOG_GAP',
    'INTEGRITY',
    'SERVER',
    'PREFLIGHT',
    'SPACE',
    'PROCESS',
    'TOOL_MISSING',
    'CANCELLED',
  ],
  async run(args, context) {
    const { bringBack } = await import('../bring-back.ts')
    return bringBack(context, args)
  },
})
