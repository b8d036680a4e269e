// clonectl decompress: the files of a compressed backup's copy, in place.

import { defineCommand } from '../command.ts'

export const decompress = defineCommand({
  name: 'decompress',
  describe: 'Decompress a copy of a backup in place, for a restore by hand',
  options: {
    'encrypt-key-file': {
      kind: 'string',
      value: 'FILE',
      describe: 'Key file of GreatSQL: decrypts what it has encrypted',
    },
    parallel: {
      kind: 'number',
      min: 1,
      max: 64,
      value: 'N',
      describe: 'Files at once [default: one per processor]',
    },
  },
  positional: { name: 'dir', describe: 'The copy; every file below it is decompressed' },
  connects: false,
  locks: 'none',
  examples: [
    {
      command: 'clonectl decompress /restore/full',
      about: 'After cp -rp of the data directory of a backup',
    },
  ],
  errors: [
    'USAGE',
    'CONFIG',
    'PATH_FORBIDDEN',
    'PATH_NOT_EMPTY',
    'INTEGRITY',
    'SPACE',
    'PROCESS',
    'CANCELLED',
  ],
  async run(args, context, directory) {
    const { decompressByHand } = await import('../restore-by-hand.ts')
    return decompressByHand(context, { ...args, directory })
  },
})
