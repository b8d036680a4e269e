// The options that `restore` and `drill` have in common: where binlogs come from, and who runs what.

import type { CommandOptions } from '../command.ts'

export const recoveryOptions = {
  'binlog-dir': {
    kind: 'string',
    value: 'DIR',
    describe: "Directory of the donor's binlogs [default: those that the repository keeps]",
    excludes: ['binlog-server'],
  },
  'binlog-server': {
    kind: 'boolean',
    describe: 'Take the binlogs from the server that the connection options name',
  },
  replay: {
    kind: 'choice',
    value: 'HOW',
    choices: ['applier', 'mysqlbinlog'],
    default: 'applier',
    describe: "Who runs the binlogs: the server's applier threads, or mysqlbinlog and mysql",
  },
  apply: {
    kind: 'choice',
    value: 'HOW',
    choices: ['mysqld', 'native'],
    describe:
      'Who applies increments that GreatSQL made: its mysqld, or clonectl [default: mysqld]',
  },
} as const satisfies CommandOptions
