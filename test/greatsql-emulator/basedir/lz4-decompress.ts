// GreatSQL's lz4_decompress (utilities/lz4_decompress.cc), with its two mistakes: a file that is cut
// off is no error, and what follows in the buffer of 1 MiB is dropped when a call to LZ4F_decompress
// gives no bytes, which happens where a frame's last bytes have come into the next buffer.
import { decompressFile, DecompressFailure, runProgram } from './decompress-file.ts'
import { Lz4Damage } from './lz4-block.ts'
import { readFrames, type FrameEvent } from './lz4-frames.ts'

/** Set by the maker of the basedir. */
declare const RELEASE: string

const NAME = 'lz4_decompress'
const INPUT_BUFFER = 1 << 20

const usage = `${NAME}  Ver ${RELEASE} for Linux on x86_64
Decompress data compressed by mysqlpump using lz4 compression algorithm by reading from input file and writing uncompressed data to output file
Usage: ${NAME} input_file output_file
`

/** One buffer of input; a call ends at the end of a frame, or of the buffer. */
interface Buffered {
  readonly end: number
  /** Bytes that the present call has given. */
  given: number
}

/** The position to go on at: behind this event, or in the next buffer when the rest is dropped. */
const afterEvent = (buffer: Buffered, event: FrameEvent): number => {
  if (event.content !== undefined) {
    buffer.given += event.content.length
    return event.end
  }
  const dropped = buffer.given === 0
  buffer.given = 0
  return dropped ? buffer.end : event.end
}

/** Yields the contents; goes on at the next buffer's first byte, whatever that is, after a drop. */
function* decompress(input: Buffer): Generator<Buffer> {
  let start = 0
  while (start < input.length) {
    let next = input.length
    let buffer: Buffered = { end: 0, given: 0 }
    for (const event of readFrames(input, start)) {
      if (event.end > buffer.end) {
        buffer = { end: Math.ceil(event.end / INPUT_BUFFER) * INPUT_BUFFER, given: 0 }
      }
      if (event.content !== undefined) yield event.content
      next = afterEvent(buffer, event)
      if (next !== event.end) break
      next = input.length
    }
    start = next
  }
}

function* decompressOrFail(input: Buffer): Generator<Buffer> {
  try {
    yield* decompress(input)
  } catch (error) {
    if (!(error instanceof Lz4Damage)) throw error
    throw new DecompressFailure(`${NAME}: [Error] Encountered problem during decompression.`)
  }
}

// Deprecated since 8.0.34, with mysqlpump.
if (RELEASE.startsWith('8.4')) {
  process.stderr.write(`WARNING: ${NAME} is deprecated and will be removed in a future version\n`)
}
await runProgram(usage, (files) => decompressFile(NAME, files, decompressOrFail))
