// clonectl drill: a restore done to prove that it works, and to know how long it takes.

import { defineCommand } from '../command.ts'
import { keyOptions } from './key-options.ts'
import { recoveryOptions } from './recovery-options.ts'
import { targetOptions } from './target-options.ts'

export const drill = defineCommand({
  name: 'drill',
  describe: 'Restore a backup to scratch, look at its data, keep the evidence, clean up',
  options: {
    'scratch-dir': {
      kind: 'string',
      value: 'DIR',
      describe:
        'Existing directory with room for the whole database [default: TMPDIR, or /var/tmp]',
    },
    ...targetOptions,
    ...recoveryOptions,
    tables: {
      kind: 'string',
      value: 'PATTERNS',
      describe: 'Look at these tables only: database.table, with * and commas',
    },
    'check-table': {
      kind: 'choice',
      value: 'LEVEL',
      choices: ['quick', 'medium', 'extended'],
      default: 'medium',
      describe: 'How thorough CHECK TABLE is; quick does not follow every tree',
    },
    'no-check-table': { kind: 'boolean', describe: 'Run CHECKSUM TABLE only' },
    probes: {
      kind: 'string',
      value: 'FILE',
      describe: 'SQL statements that must work on the restored data, and may say what they expect',
    },
    keep: { kind: 'boolean', describe: 'Leave the restored directory, stopped' },
    ...keyOptions,
    parallel: {
      kind: 'number',
      min: 1,
      max: 64,
      value: 'N',
      describe: 'Files, and then tables, at once [default: one per processor]',
    },
  },
  positional: {
    name: 'id',
    describe: 'The backup to drill: an id, its beginning, latest, latest-full or oldest',
  },
  connects: true,
  locks: 'read',
  examples: [
    { command: 'clonectl drill --repo /backup/shop', about: 'The newest backup' },
    {
      command: 'clonectl drill --scratch-dir /scratch --probes shop.sql --json',
      about: 'Monthly, with questions of your own',
    },
    {
      command: 'clonectl drill --to-time 2026-11-20T09:30:12Z --binlog-dir /backup/binlogs',
      about: 'A recovery to a time, binlogs and all',
    },
  ],
  errors: [
    'CONFIG',
    'REPOSITORY_MISSING',
    'REPOSITORY_UNREADABLE',
    'REPOSITORY_NEWER',
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
  async run(args, context, id) {
    const { drillAndTell } = await import('../drill-and-tell.ts')
    return drillAndTell(context, { ...args, id })
  },
})
