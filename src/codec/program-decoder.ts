// Decodes with the zstd and lz4 programs, from file descriptor to file descriptor: the bytes never
// cross this process, which is what makes it quick.

import type { FileHandle } from 'node:fs/promises'
import { ClonectlError } from '../errors.ts'
import { damaged } from './damage.ts'
import { decodeWith, type DecodeInput } from './decode-job.ts'
import type { Decoder, DecodeRequest } from './decoder.ts'
import type { ProgramAccess } from './programs.ts'

/**
 * The programs stream, so memory is no limit; but GreatSQL writes no frame larger than a segment
 * of a delta, 1 GiB with pages of 64 KiB.
 */
const limits = { frameBytes: 2 * 1024 * 1024 * 1024 }

/** What the programs say when it was not the input that failed them. */
const notTheInput = /write error|no space left|cannot allocate|not enough memory/i

/** Both end with an exit code of their own choice when the input is damaged, and say so on stderr. */
const blameInput = (error: unknown, { source, codec }: DecodeRequest): unknown => {
  if (!(error instanceof ClonectlError) || error.code !== 'PROCESS') return error
  const { exitCode, stderrTail } = error.details
  if (typeof exitCode !== 'number' || notTheInput.test(String(stderrTail))) return error
  return damaged({
    file: source,
    problem: `the program ${codec} cannot decode it: ${error.message}`,
    cause: error,
  })
}

const missing = ({ codec }: DecodeRequest): ClonectlError =>
  new ClonectlError('TOOL_MISSING', `the program ${codec} is needed and was not found`, {
    hint: `Install ${codec}.`,
    details: { name: codec },
  })

/** The walk before has seen that no frame is left out: `lz4` ends with 0 although junk follows. */
const decode =
  ({ programs, run }: ProgramAccess) =>
  async ({ file }: DecodeInput, output: FileHandle, request: DecodeRequest): Promise<void> => {
    const { codec, signal } = request
    const program = programs[codec]
    if (program === undefined) throw missing(request)
    const args = ['-q', '-d', '-c']
    try {
      await run({ file: program, args, name: codec, stdin: file.fd, stdout: output.fd, signal })
    } catch (error) {
      throw blameInput(error, request)
    }
  }

/** Decodes with the programs; throws TOOL_MISSING for a codec whose program is not among them. */
export const programDecoder = (access: ProgramAccess): Decoder => ({
  name: 'programs',
  decodeFile: (request) => decodeWith({ limits, decode: decode(access) }, request),
})
