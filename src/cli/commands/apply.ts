// clonectl apply: one increment onto a data directory, or a full's own deltas.

import { defineCommand } from '../command.ts'

export const apply = defineCommand({
  name: 'apply',
  describe: 'Apply one increment to a copy of a full, for a restore by hand',
  options: {
    datadir: {
      kind: 'string',
      value: 'DIR',
      required: true,
      describe: 'The copy of the full, decompressed; it is changed in place',
    },
    'incremental-dir': {
      kind: 'string',
      value: 'DIR',
      describe: 'A copy of the increment, decompressed',
    },
    prepare: {
      kind: 'boolean',
      describe: 'First apply what changed while a compressed full was taken',
    },
    apply: {
      kind: 'choice',
      value: 'HOW',
      choices: ['mysqld', 'native'],
      default: 'mysqld',
      describe: 'Who applies: the mysqld of GreatSQL, or clonectl itself',
    },
    parallel: {
      kind: 'number',
      min: 1,
      max: 64,
      value: 'N',
      describe: 'Files at once [default: one per processor]',
    },
  },
  connects: false,
  locks: 'none',
  examples: [
    { command: 'clonectl apply --datadir /restore/full --prepare', about: 'A compressed full' },
    {
      command: 'clonectl apply --datadir /restore/full --incremental-dir /restore/incr1',
      about: 'An increment; then the next, in their order',
    },
  ],
  errors: [
    'USAGE',
    'LOCKED',
    'PATH_FORBIDDEN',
    'CHAIN_BROKEN',
    'INTEGRITY',
    'PREFLIGHT',
    'PROCESS',
    'TOOL_MISSING',
    'CANCELLED',
  ],
  async run(args, context) {
    const { applyStep } = await import('../restore-by-hand.ts')
    return applyStep(context, args)
  },
})
