// clonectl binlog verify: whether what is archived is what was sealed, and whether anything is missing.

import { defineCommand } from '../command.ts'

export const binlogVerify = defineCommand({
  name: 'binlog verify',
  describe: 'Prove that archived binlogs are what was sealed, and that none is missing',
  options: {
    'server-uuid': {
      kind: 'string',
      value: 'UUID',
      describe: 'Only those of this server',
    },
    quick: {
      kind: 'boolean',
      describe: 'Read no binlog: sizes, index entries, and whether they follow each other',
      excludes: ['sample'],
    },
    sample: {
      kind: 'string',
      value: 'PERCENT',
      describe: 'Read so many of them, others every day',
    },
  },
  connects: false,
  locks: 'none',
  examples: [
    { command: 'clonectl binlog verify --repo /backup/shop', about: 'Every event of every binlog' },
    { command: 'clonectl binlog verify --quick', about: 'Is anything missing?' },
    { command: 'clonectl binlog verify --sample 5%', about: 'Nightly: everything in 20 nights' },
  ],
  errors: [
    'REPOSITORY_MISSING',
    'REPOSITORY_UNREADABLE',
    'REPOSITORY_NEWER',
    'BINLOG_GAP',
    'INTEGRITY',
    'CANCELLED',
  ],
  async run(args, context) {
    const { verifyBinlogs } = await import('../binlogs-and-tell.ts')
    return verifyBinlogs(context, args)
  },
})
