// Encodes with the zstd program, which writes what the addon cannot: a content checksum in every
// frame, and any level. The program makes one frame of its input, so it is run for each chunk.

import { createReadStream } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { ClonectlError } from '../errors.ts'
import { encodeWith } from './encode-job.ts'
import type { Encoder, EncodeRequest } from './encoder.ts'
import type { RunProgram } from './programs.ts'
import type { ByteRange } from './read-range.ts'

/** Where the program is, and who runs it. */
export interface ZstdProgram {
  readonly program: string
  readonly run: RunProgram
}

const DEFAULT_LEVEL = 3
/** Of clone_file_compress_zstd_level. */
const MAX_LEVEL = 19
/** The program cuts its input into jobs no smaller than that. */
const MIN_JOB_BYTES = 512 * 1024
const READ_BYTES = 1024 * 1024

const levelOf = ({ level = DEFAULT_LEVEL }: EncodeRequest): number => {
  if (Number.isInteger(level) && level >= 1 && level <= MAX_LEVEL) return level
  throw new ClonectlError('CONFIG', `the zstd level is ${level}, expected 1 to ${MAX_LEVEL}`, {
    details: { codec: 'zstd', level },
  })
}

const argumentsFor = (request: EncodeRequest, { lengthBytes }: ByteRange): readonly string[] => {
  const { parallel } = request
  const jobBytes = Math.max(MIN_JOB_BYTES, Math.ceil(lengthBytes / parallel))
  return [
    ...['-q', '-c', '--check', `-${levelOf(request)}`, `-T${parallel}`, `-B${jobBytes}`],
    // From a pipe the program cannot know it, and would write a frame without content size.
    `--stream-size=${lengthBytes}`,
  ]
}

const encodeFile = (request: EncodeRequest, { program, run }: ZstdProgram) => {
  levelOf(request)
  const encodeChunk = async (file: FileHandle, chunk: ByteRange, output: FileHandle) => {
    const stdin = createReadStream(request.source, {
      fd: file.fd,
      start: chunk.offset,
      end: chunk.offset + chunk.lengthBytes - 1,
      highWaterMark: READ_BYTES,
      autoClose: false,
    })
    await run({
      file: program,
      args: argumentsFor(request, chunk),
      name: 'zstd',
      stdin,
      stdout: output.fd,
      signal: request.signal,
    })
  }
  return encodeWith(async (file, chunks, output) => {
    for (const chunk of chunks) await encodeChunk(file, chunk, output)
  }, request)
}

/** Encodes zstd; throws PROCESS when the program fails. */
export const zstdProgramEncoder = (zstd: ZstdProgram): Encoder => ({
  name: 'programs',
  encodeFile: async (request) => encodeFile(request, zstd),
})
