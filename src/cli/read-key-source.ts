// The options that say where the key is kept, as one source.

import type { KeySource } from '../cipher/read-key.ts'
import { splitCommand } from '../cipher/split-command.ts'

export interface KeyArguments {
  readonly encryptKeyFile: string | undefined
  readonly encryptKeyCommand: string | undefined
}

/** Undefined without either. Throws CONFIG for a command that cannot be taken apart. */
export const readKeySource = ({
  encryptKeyFile: file,
  encryptKeyCommand: command,
}: KeyArguments): KeySource | undefined => {
  if (command !== undefined) return { command: splitCommand(command) }
  return file === undefined ? undefined : { file }
}
