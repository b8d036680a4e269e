// Both decoders with each codec, and whether this machine has what they need.

import { addonDecoder } from '../../../src/codec/addon-decoder.ts'
import { codecs, type Codec } from '../../../src/codec/codec.ts'
import type { Decoder } from '../../../src/codec/decoder.ts'
import { programDecoder } from '../../../src/codec/program-decoder.ts'
import type { ProgramAccess, Programs } from '../../../src/codec/programs.ts'
import { ClonectlError } from '../../../src/errors.ts'
import { findTool } from '../../../src/system/find-tool.ts'
import { runTool } from '../../../src/system/run-tool.ts'

export interface Adapter {
  /** Of the decoder and its codec. */
  readonly title: string
  readonly decoder: Decoder
  readonly codec: Codec
  /** False where its program is not installed: its tests are then skipped, as stderr says. */
  readonly available: boolean
}

const find = async (name: Codec): Promise<Programs> => {
  try {
    return { [name]: await findTool(name, { path: process.env['PATH'] }) }
  } catch (error) {
    if (!(error instanceof ClonectlError)) throw error
    process.stderr.write(`tests of the program ${name} skipped: ${error.message}\n`)
    return {}
  }
}

/** The real programs, as far as they are installed. */
export const access: ProgramAccess = {
  programs: { ...(await find('zstd')), ...(await find('lz4')) },
  run: runTool,
}

export const adapters: readonly Adapter[] = codecs.flatMap((codec) => [
  { title: `addons, ${codec}`, decoder: addonDecoder, codec, available: true },
  {
    title: `programs, ${codec}`,
    decoder: programDecoder(access),
    codec,
    available: access.programs[codec] !== undefined,
  },
])
