// The options that say where the key of encrypted backups is kept: the same for all commands. The key
// itself is never an argument.

import type { CommandOptions } from '../command.ts'

export const keyOptions = {
  'encrypt-key-file': {
    kind: 'string',
    value: 'FILE',
    describe: 'File with the key of encrypted backups; on GreatSQL the key file of the server',
    excludes: ['encrypt-key-command'],
  },
  'encrypt-key-command': {
    kind: 'string',
    value: 'COMMAND',
    describe: 'Program, with its arguments, that writes the key of encrypted backups',
  },
} as const satisfies CommandOptions
