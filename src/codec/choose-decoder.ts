// Which decoder is quickest for a file. Measured from file to file, in MB of content per second
// of processor time: zstd program 855, addon 685; lz4 program 790, addon 765. A program takes
// some milliseconds to start; the addons decode the frames of one file on several processors.

import { decodeByAddons } from './addon-decoder.ts'
import { decodeWith, type SourceFacts } from './decode-job.ts'
import type { Decoder } from './decoder.ts'
import { decodeByProgram } from './program-decoder.ts'
import type { ProgramAccess } from './programs.ts'

const MIB = 1024 * 1024
/** Below that, the start of the zstd program costs more than its speed gains. */
const ZSTD_WORTH_A_PROGRAM_BYTES = 4 * MIB
/** The addons hold a frame in memory, and decode a large one on a single processor all the same. */
const LARGE_FRAME_BYTES = 8 * MIB

const isWorthAProgram = ({ codec, sizeBytes, survey }: SourceFacts): boolean =>
  survey.largestFrameBytes > LARGE_FRAME_BYTES ||
  (codec === 'zstd' && sizeBytes >= ZSTD_WORTH_A_PROGRAM_BYTES)

/**
 * A decoder that takes the program of a codec for the files where it is the better choice, if it
 * is installed, and the addons for all others. Without the programs, a frame of more than 256 MiB
 * is refused; with 16 KiB pages GreatSQL writes none above 64 MiB.
 */
export const chooseDecoder = (access: ProgramAccess): Decoder => ({
  name: 'fastest',
  decodeFile: (request) =>
    decodeWith((facts) => {
      const installed = access.programs[facts.codec] !== undefined
      return installed && isWorthAProgram(facts) ? decodeByProgram(access) : decodeByAddons
    }, request),
})
