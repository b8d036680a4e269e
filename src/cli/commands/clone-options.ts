// The options that `full` and `incr` have in common.

import type { CommandOptions } from '../command.ts'
import { keyOptions } from './key-options.ts'

export const cloneOptions = {
  label: { kind: 'string', value: 'TEXT', describe: 'A note to keep with the backup' },
  'no-page-track': { kind: 'boolean', describe: 'Leave page tracking in the server as it is' },
  'pull-binlogs': {
    kind: 'boolean',
    describe: "Archive the donor's binlogs afterwards [default: where an archive is kept]",
    excludes: ['no-pull-binlogs'],
  },
  'no-pull-binlogs': { kind: 'boolean', describe: 'Leave the archive of binlogs as it is' },
  compress: {
    kind: 'choice',
    value: 'CODEC',
    choices: ['zstd', 'lz4'],
    bare: 'zstd',
    describe: 'Compress the files; zstd when no value is given',
  },
  'compress-level': {
    kind: 'number',
    value: 'N',
    min: 1,
    max: 19,
    describe: 'Level of zstd [default: 3; on GreatSQL as the server is set]',
  },
  'compress-threads': {
    kind: 'number',
    value: 'N',
    min: 1,
    max: 128,
    describe: 'Threads that compress one file [default: all; on GreatSQL as the server is set]',
  },
  'compress-chunk-size': {
    kind: 'number',
    value: 'BYTES',
    min: 1024,
    max: 4_294_966_272,
    describe:
      'Bytes compressed at once, a multiple of 1024 [default: 8 MiB; on GreatSQL as the server is set]',
  },
  ...keyOptions,
  donor: {
    kind: 'string',
    value: 'USER@HOST:PORT',
    describe: 'Clone this server, through the one that the connection options name',
  },
  'donor-password-file': {
    kind: 'string',
    value: 'FILE',
    describe: "File whose first line is the donor's password",
    excludes: ['donor-login-path'],
  },
  'donor-login-path': {
    kind: 'string',
    value: 'NAME',
    describe: "Login path that holds the donor's password",
  },
  'donor-ssl': {
    kind: 'choice',
    value: 'MODE',
    choices: ['PREFERRED', 'REQUIRED', 'DISABLED'],
    default: 'PREFERRED',
    describe: 'Whether the connection to the donor is encrypted',
  },
  engine: {
    kind: 'choice',
    value: 'NAME',
    choices: ['greatsql', 'mysql'],
    describe:
      'Who makes increments: the server, or clonectl by comparing pages [default: the server if it can]',
  },
} as const satisfies CommandOptions
