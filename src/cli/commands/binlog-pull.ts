// clonectl binlog pull: the binlogs of a server, into the archive of the repository.

import { defineCommand } from '../command.ts'

export const binlogPull = defineCommand({
  name: 'binlog pull',
  describe: 'Archive the binlogs of a server',
  options: {
    follow: { kind: 'boolean', describe: 'Go on until stopped, and archive what is written then' },
    from: {
      kind: 'string',
      value: 'FILE',
      describe: 'Where an empty archive begins [default: the oldest binlog of the server]',
    },
    'after-reset': {
      kind: 'boolean',
      describe: 'If the server has begun its binlogs anew: set the archive aside and begin another',
    },
    compress: {
      kind: 'choice',
      value: 'CODEC',
      choices: ['zstd'],
      bare: 'zstd',
      describe: 'Compress the closed binlogs',
    },
    'compress-level': {
      kind: 'number',
      value: 'N',
      min: 1,
      max: 19,
      describe: 'Level of zstd [default: 3]',
    },
  },
  connects: true,
  locks: 'archive',
  examples: [
    { command: 'clonectl binlog pull --repo /backup/shop', about: 'What the server has now' },
    {
      command: 'clonectl binlog pull --follow --compress --repo /backup/shop',
      about: 'As a service, until SIGTERM',
    },
  ],
  errors: [
    'CONFIG',
    'LOCKED',
    'REPOSITORY_MISSING',
    'REPOSITORY_UNREADABLE',
    'REPOSITORY_NEWER',
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
    const { pullAndTell } = await import('../pull-and-tell.ts')
    return pullAndTell(context, args)
  },
})
