// Decodes with the zstd and lz4 programs, from file descriptor to file descriptor: the bytes never
// cross this process, which is what makes it quick.

import { ClonectlError } from '../errors.ts'
import { damaged } from './damage.ts'
import { decodeWith, type DecodeMethod } from './decode-job.ts'
import type { Decoder, DecodeRequest } from './decoder.ts'
import type { ProgramAccess } from './programs.ts'

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

/**
 * Decodes with the program of a codec, which streams: no frame is too large. The survey has seen
 * that every byte is part of a frame: `lz4` ends with 0 although junk follows, and forgets it.
 */
export const decodeByProgram =
  ({ programs, run }: ProgramAccess): DecodeMethod =>
  async ({ file }, output, request) => {
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
  decodeFile: (request) => decodeWith(() => decodeByProgram(access), request),
})
