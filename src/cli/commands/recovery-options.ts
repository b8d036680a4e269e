// The options that `restore` and `drill` have in common: where binlogs come from, and who applies.

import type { CommandOptions } from '../command.ts'

export const recoveryOptions = {
  'binlog-dir': {
    kind: 'string',
    value: 'DIR',
    describe: "Directory of the donor's binlogs",
    excludes: ['binlog-server'],
  },
  'binlog-server': {
    kind: 'boolean',
    describe: 'Take the binlogs from the server that the connection options name',
  },
  apply: {
    kind: 'choice',
    value: 'HOW',
    choices: ['mysqld', 'native'],
    describe:
      'Who applies increments that GreatSQL made: its mysqld, or clonectl [default: mysqld]',
  },
} as const satisfies CommandOptions
