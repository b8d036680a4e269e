// Two programs, one writing into the other. The bytes go from process to process by a file
// descriptor and never pass through this one.

import { ClonectlError } from '../errors.ts'
import { failureOf, startFailure } from './tool-failure.ts'
import { collectTail } from './tool-output.ts'
import {
  requireNotCancelled,
  startTool,
  untilEnded,
  type RunningTool,
  type ToolEnd,
  type ToolSpec,
} from './tool-process.ts'

/** The program in front; its stdout is the pipe. */
export interface PipeWriter extends ToolSpec {
  readonly stdin?: 'ignore' | number | undefined
}

/** The program behind; its stdin is the pipe. */
export interface PipeReader extends ToolSpec {
  readonly stdout?: 'pipe' | 'ignore' | number | undefined
}

/** The last 64 KiB of what each stream held. */
export interface PipeResult {
  /** Of the reader; empty when it was not kept. */
  readonly stdout: string
  readonly stderr: string
  readonly writerStderr: string
}

interface Ends {
  readonly writer: ToolEnd
  readonly reader: ToolEnd
}

const STDOUT_TAIL_BYTES = 64 * 1024

/**
 * Starts the reader on the writer's stdout. Both start in one turn of the event loop: this process
 * holds that end of the pipe until then, and would begin to read from it in the next.
 */
const startReader = (spec: PipeReader, writer: RunningTool): RunningTool => {
  const pipe = writer.child.stdout
  const reader = startTool(spec, pipe ?? 'ignore', spec.stdout ?? 'pipe')
  // While a descriptor is open here, the writer would not notice that its reader is gone.
  pipe?.destroy()
  return reader
}

/** Waits for both. A writer that has nothing to write would outlive a failed reader: it is stopped. */
const bothEnds = async (writer: RunningTool, reader: RunningTool): Promise<Ends> => {
  const readerEnd = await reader.ended
  if (readerEnd.exitCode !== 0) writer.stop()
  return { writer: await writer.ended, reader: readerEnd }
}

/**
 * The error to report. When the reader failed, the writer broke off in consequence: by SIGPIPE, or
 * with "connection reset", for the pipes of Node.js are sockets. What it said goes into the details,
 * in case it was the other way round.
 */
const worseFailure = (
  reader: ClonectlError | undefined,
  writer: ClonectlError | undefined,
): ClonectlError | undefined => {
  if (reader === undefined || writer === undefined) return reader ?? writer
  const { code, message, hint, details } = reader
  return new ClonectlError(code, message, {
    hint,
    details: { ...details, writer: writer.details },
    cause: writer,
  })
}

/**
 * Runs `writer | reader` without a shell, until both have ended. Throws as `runTool` does: the
 * reader's failure before the writer's, also when the reader alone ended well, for it may have seen
 * half of the data. When `signal` fires both are stopped, and CANCELLED is thrown when they are gone.
 */
export const pipeTools = async (
  writer: PipeWriter,
  reader: PipeReader,
  signal?: AbortSignal,
): Promise<PipeResult> => {
  const name = `${writer.name} | ${reader.name}`
  requireNotCancelled(name, signal)
  const first = startTool(writer, writer.stdin ?? 'ignore', 'pipe')
  // Without a writer there is no pipe to give to a reader.
  if (first.child.pid === undefined) throw startFailure(writer, (await first.ended).startError)
  const second = startReader(reader, first)
  const stdout = collectTail(second.child.stdout, STDOUT_TAIL_BYTES)
  const stop = (): void => {
    first.stop()
    second.stop()
  }
  const ends = await untilEnded(name, { ended: bothEnds(first, second), stop }, signal)
  const failure = worseFailure(failureOf(reader, ends.reader), failureOf(writer, ends.writer))
  if (failure !== undefined) throw failure
  return { stdout: stdout.text(), stderr: ends.reader.stderr, writerStderr: ends.writer.stderr }
}
