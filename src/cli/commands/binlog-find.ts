// clonectl binlog find: which transactions changed a table, so that a restore can stop before one.

import { changeTypes } from '../../mysql/change-type.ts'
import { defineCommand } from '../command.ts'

export const binlogFind = defineCommand({
  name: 'binlog find',
  describe: 'Find the transactions that changed a table, such as an accident',
  options: {
    table: {
      kind: 'string',
      value: 'PATTERNS',
      describe: 'Changes of these tables: database.table, with * and commas [default: all]',
    },
    type: {
      kind: 'choice',
      value: 'TYPE',
      choices: ['any', ...changeTypes],
      default: 'any',
      describe: 'Changes of this kind',
    },
    from: { kind: 'string', value: 'TIME', describe: 'Committed at this instant or later' },
    to: { kind: 'string', value: 'TIME', describe: 'Committed at this instant or earlier' },
    gtid: { kind: 'string', value: 'SET', describe: 'Only transactions of this set' },
    'binlog-dir': {
      kind: 'string',
      value: 'DIR',
      describe: 'Look into the binlogs of this directory, instead of the archive',
      excludes: ['server-uuid'],
    },
    'server-uuid': {
      kind: 'string',
      value: 'UUID',
      describe: 'Look into the archive of this server only',
    },
    limit: {
      kind: 'number',
      min: 1,
      max: 100_000,
      value: 'N',
      describe: 'Show the first N transactions [default: 100]',
    },
  },
  connects: false,
  locks: 'none',
  examples: [
    {
      command: 'clonectl binlog find --table shop.orders --type drop',
      about: 'When it was dropped, and how to restore to just before',
    },
    {
      command:
        "clonectl binlog find --table 'shop.*' --type delete --from 2026-11-20T09:00:00Z --binlog-dir /var/lib/mysql",
      about: 'Without an archive',
    },
  ],
  errors: [
    'CONFIG',
    'REPOSITORY_MISSING',
    'REPOSITORY_UNREADABLE',
    'REPOSITORY_NEWER',
    'BINLOG_GAP',
    'INTEGRITY',
    'CANCELLED',
  ],
  async run(args, context) {
    const { findAndTell } = await import('../find-and-tell.ts')
    return findAndTell(context, args)
  },
})
