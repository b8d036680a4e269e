// GreatSQL's zstd_decompress (utilities/zstd_decompress.cc). It streams; here whole frames are
// decoded, so that a file that is cut off leaves whole frames behind and no part of one.
import { createRequire } from 'node:module'
import { decompressFile, DecompressFailure, runProgram } from './decompress-file.ts'
import { frameEnd } from './zstd-frame-end.ts'

/** Set by the maker of the basedir: the release, and a file from where packages can be found. */
declare const RELEASE: string
declare const PROJECT_FILE: string

interface ZstdAddon {
  decompress(frame: Buffer): Promise<Buffer>
}

const NAME = 'zstd_decompress'

const usage = `${NAME}  Ver ${RELEASE} for Linux on x86_64
Decompress data compressed by clone using zstd compression algorithm by reading from input file and writing uncompressed data to output file
Usage: ${NAME} input_file output_file
`

const { decompress: decodeFrame } = createRequire(PROJECT_FILE)('@mongodb-js/zstd') as ZstdAddon

/** The macro CHECK_ZSTD. */
const failedCheck = (reason: string): DecompressFailure =>
  new DecompressFailure(
    `utilities/zstd_decompress.cc:127 CHECK(!ZSTD_isError(err)) failed: ${reason}`,
  )

const decode = async (frame: Buffer): Promise<Buffer> => {
  try {
    return await decodeFrame(frame)
  } catch (error) {
    throw failedCheck(error instanceof Error ? error.message : String(error))
  }
}

async function* decompress(input: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < input.length;) {
    const found = frameEnd(input, at)
    if ('error' in found) throw failedCheck(found.error)
    if ('missing' in found) {
      throw new DecompressFailure(`EOF before end of stream: ${found.missing}`)
    }
    yield await decode(input.subarray(at, found.end))
    at = found.end
  }
}

await runProgram(usage, async (files) => {
  process.stdout.write(`decompress file: ${files[0]} \n`)
  await decompressFile(NAME, files, decompress)
})
