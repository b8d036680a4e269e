// Which encoder writes a file as GreatSQL would.

import { addonEncoder } from './addon-encoder.ts'
import type { Encoder } from './encoder.ts'
import type { ProgramAccess } from './programs.ts'
import { zstdProgramEncoder } from './zstd-program-encoder.ts'

/**
 * An encoder that leaves zstd to the program where it is installed, for the checksums and levels
 * that the addon does not have, and everything else to the addons.
 */
export const chooseEncoder = ({ programs, run }: ProgramAccess): Encoder => {
  const forZstd =
    programs.zstd === undefined ? addonEncoder : zstdProgramEncoder({ program: programs.zstd, run })
  return {
    name: 'complete',
    encodeFile: (request) =>
      (request.codec === 'zstd' ? forZstd : addonEncoder).encodeFile(request),
  }
}
