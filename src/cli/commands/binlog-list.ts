// clonectl binlog list: what is archived, and what is missing in between.

import { defineCommand } from '../command.ts'

export const binlogList = defineCommand({
  name: 'binlog list',
  describe: 'List the archived binlogs, their gaps, and the times that can be reached',
  options: {
    'server-uuid': {
      kind: 'string',
      value: 'UUID',
      describe: 'Only those of this server',
    },
  },
  connects: false,
  locks: 'none',
  examples: [
    { command: 'clonectl binlog list --repo /backup/shop', about: 'No server is needed' },
    { command: 'clonectl binlog list --json', about: 'With every GTID, for a program' },
  ],
  errors: ['REPOSITORY_MISSING', 'REPOSITORY_UNREADABLE', 'REPOSITORY_NEWER'],
  async run(args, context) {
    const { listBinlogs } = await import('../binlogs-and-tell.ts')
    return listBinlogs(context, args)
  },
})
