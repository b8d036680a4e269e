// The options of `restore` and `drill` that say up to where binlogs are replayed.

import type { CommandOptions } from '../command.ts'

export const targetOptions = {
  latest: {
    kind: 'boolean',
    describe: 'Restore the newest state there is: the newest backup, and all binlogs after it',
    excludes: ['to-time', 'to-gtid', 'before-gtid', 'to-position'],
  },
  'to-time': {
    kind: 'string',
    value: 'TIME',
    describe: 'Restore every transaction committed up to this instant (RFC 3339)',
    excludes: ['to-gtid', 'before-gtid', 'to-position'],
  },
  'to-gtid': {
    kind: 'string',
    value: 'GTID',
    describe: 'Restore every transaction up to this one, or the last of a set, and that itself',
    excludes: ['before-gtid', 'to-position'],
  },
  'before-gtid': {
    kind: 'string',
    value: 'GTID',
    describe: 'Restore every transaction before this one, such as an accident',
    excludes: ['to-position'],
  },
  'to-position': {
    kind: 'string',
    value: 'FILE:POS',
    describe: "Restore everything before this position in the donor's binlogs",
  },
  'skip-gtid': {
    kind: 'string',
    value: 'SET',
    describe: 'Leave these transactions out of the replay',
  },
} as const satisfies CommandOptions
