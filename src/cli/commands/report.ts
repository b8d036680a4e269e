// clonectl report: the state of the backups as a page to look at.

import { defineCommand } from '../command.ts'

export const report = defineCommand({
  name: 'report',
  describe: 'Write a page about the backups: problems, recovery windows, chains, sizes',
  options: {
    html: {
      kind: 'string',
      value: 'FILE',
      required: true,
      describe: 'Write the page to FILE; it needs no other file and no network',
    },
    'warn-age': {
      kind: 'string',
      value: 'AGE',
      default: '26h',
      describe: 'A newest backup older than this is told as a problem',
    },
  },
  connects: false,
  locks: 'none',
  examples: [
    {
      command: 'clonectl report --repo /backup/shop --html /var/www/backups/shop.html',
      about: 'Nightly, from cron',
    },
  ],
  errors: [
    'CONFIG',
    'REPOSITORY_MISSING',
    'REPOSITORY_UNREADABLE',
    'REPOSITORY_NEWER',
    'PATH_FORBIDDEN',
  ],
  async run(args, context) {
    const { writeReport } = await import('../write-report.ts')
    return writeReport(context, args)
  },
})
