// clonectl metrics: the repository's state for Prometheus.

import { defineCommand } from '../command.ts'

export const metrics = defineCommand({
  name: 'metrics',
  describe: 'Tell the state of the backups in the text format of Prometheus',
  options: {
    file: {
      kind: 'string',
      value: 'FILE',
      describe: "Write to FILE instead, such as one in node_exporter's textfile directory",
    },
  },
  connects: false,
  locks: 'none',
  examples: [
    { command: 'clonectl metrics --repo /backup/shop', about: 'To standard output' },
    {
      command: 'clonectl metrics --file /var/lib/node_exporter/textfile/clonectl_shop.prom',
      about: 'For node_exporter, from cron',
    },
  ],
  errors: [
    'CONFIG',
    'REPOSITORY_MISSING',
    'REPOSITORY_UNREADABLE',
    'REPOSITORY_NEWER',
    'PATH_FORBIDDEN',
  ],
  async run({ file }, context) {
    const { writeMetrics } = await import('../write-metrics.ts')
    return writeMetrics(context, file)
  },
})
