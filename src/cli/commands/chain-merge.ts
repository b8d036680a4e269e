// clonectl chain merge: a full made of a full and its increments.

import { defineCommand } from '../command.ts'
import { keyOptions } from './key-options.ts'

export const chainMerge = defineCommand({
  name: 'chain merge',
  describe: 'Make a full of a chain, without a server',
  options: {
    label: { kind: 'string', value: 'TEXT', describe: 'A note to keep with the full' },
    'keep-codec': {
      kind: 'boolean',
      describe: 'Compress it as the backup with this ID is compressed',
      excludes: ['compress'],
    },
    compress: {
      kind: 'choice',
      value: 'CODEC',
      choices: ['zstd', 'lz4'],
      bare: 'zstd',
      describe: 'Compress the files; zstd when no value is given',
    },
    ...keyOptions,
    parallel: {
      kind: 'number',
      min: 1,
      max: 64,
      value: 'N',
      describe: 'Files at once [default: one per processor]',
    },
  },
  positional: {
    name: 'id',
    describe: 'The increment whose state the full is to hold: an id, its beginning or latest',
  },
  connects: false,
  locks: 'write',
  examples: [
    { command: 'clonectl chain merge --repo /backup/shop', about: 'The newest state as a full' },
    {
      command: 'clonectl chain merge UTC20261120T1045 --compress',
      about: 'An older one, so that what it was made of can expire',
    },
  ],
  errors: [
    'CONFIG',
    'LOCKED',
    'REPOSITORY_MISSING',
    'REPOSITORY_UNREADABLE',
    'REPOSITORY_NEWER',
    'PATH_NOT_EMPTY',
    'BACKUP_UNKNOWN',
    'CHAIN_BROKEN',
    'INTEGRITY',
    'SPACE',
    'PROCESS',
    'CANCELLED',
  ],
  async run(args, context, id) {
    const { mergeAndTell } = await import('../merge-and-tell.ts')
    return mergeAndTell(context, { ...args, id })
  },
})
