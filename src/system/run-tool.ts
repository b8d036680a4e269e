// Runs a program to its end.

import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { ClonectlError } from '../errors.ts'
import { failureOf } from './tool-failure.ts'
import { collectAll } from './tool-output.ts'
import {
  requireNotCancelled,
  startTool,
  untilEnded,
  type RunningTool,
  type ToolEnd,
  type ToolSpec,
} from './tool-process.ts'

/** A program to run and what it is connected to. */
export interface ToolRun extends ToolSpec {
  /** Nothing (the default), a file descriptor, or a stream, which is destroyed at the end. */
  readonly stdin?: 'ignore' | number | Readable | undefined
  /** Kept as text (the default), dropped, or a file descriptor. */
  readonly stdout?: 'pipe' | 'ignore' | number | undefined
  readonly signal?: AbortSignal | undefined
}

/** What a program wrote. */
export interface ToolResult {
  /** All of it, up to 16 MiB; empty when it was not kept. */
  readonly stdout: string
  /** The last 64 KiB. */
  readonly stderr: string
}

/** More text than that is bulk data, which belongs into a file descriptor. */
const STDOUT_LIMIT_BYTES = 16 * 1024 * 1024

const overflow = (spec: ToolSpec): ClonectlError =>
  new ClonectlError(
    'PROCESS',
    `${spec.name} wrote more than ${STDOUT_LIMIT_BYTES} bytes to stdout`,
    {
      details: { command: spec.name, stdoutLimitBytes: STDOUT_LIMIT_BYTES },
    },
  )

/**
 * Feeds a stream to the tool; returns why the stream failed, having stopped the tool. A tool that
 * ends or closes its stdin before the stream does is no failure of the stream: its exit code tells.
 */
const feed = async (source: Readable, tool: RunningTool): Promise<Error | undefined> => {
  const { stdin } = tool.child
  if (stdin === null) return undefined
  // pipeline() destroys both streams with the error of one: the first to fall is at fault.
  let atFault = source.destroyed
  source.once('error', () => (atFault ||= !stdin.destroyed))
  source.once('close', () => (atFault ||= !stdin.destroyed && !source.readableEnded))
  try {
    await pipeline(source, stdin)
    return undefined
  } catch (error) {
    if (!atFault) return undefined
    tool.stop()
    return error instanceof Error ? error : new Error(String(error))
  }
}

interface RunEnd {
  readonly end: ToolEnd
  readonly stdout: string
  /** Why the run failed whatever the exit code: its input broke, or it wrote too much. */
  readonly failure: Error | undefined
}

const runToEnd = async (run: ToolRun): Promise<RunEnd> => {
  const { stdin = 'ignore', stdout = 'pipe', signal } = run
  const tool = startTool(run, stdin instanceof Readable ? 'pipe' : stdin, stdout)
  let tooMuch: ClonectlError | undefined
  const text = collectAll(tool.child.stdout, STDOUT_LIMIT_BYTES, () => {
    tooMuch = overflow(run)
    tool.stop()
  })
  const fed = stdin instanceof Readable ? feed(stdin, tool) : undefined
  const end = await untilEnded(run.name, tool, signal)
  return { end, stdout: text.text(), failure: (await fed) ?? tooMuch }
}

/**
 * Runs a program, without a shell, until it has ended and closed its pipes. Throws PROCESS for an
 * exit code other than 0, a signal, or too much output, with the last lines of its stderr;
 * TOOL_MISSING when it cannot be executed; what the stdin stream failed with; CANCELLED when
 * `signal` fired: it then gets SIGTERM, and SIGKILL 10 seconds later, and is gone when this throws.
 */
export const runTool = async (run: ToolRun): Promise<ToolResult> => {
  requireNotCancelled(run.name, run.signal)
  const { end, stdout, failure } = await runToEnd(run)
  if (failure !== undefined) throw failure
  const error = failureOf(run, end)
  if (error !== undefined) throw error
  return { stdout, stderr: end.stderr }
}
