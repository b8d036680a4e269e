// One child process of runTool or pipeTools: how it is started, stopped and waited for.

import { spawn, type ChildProcess, type IOType } from 'node:child_process'
import type { Stream } from 'node:stream'
import { ClonectlError } from '../errors.ts'
import { collectTail } from './tool-output.ts'

/** A program to run, with its arguments as they are: no shell is involved. */
export interface ToolSpec {
  /** Path of the program. */
  readonly file: string
  /** Every user of the machine can read these: never secrets. */
  readonly args: readonly string[]
  /** What to call it in messages. */
  readonly name: string
  /** Its whole environment; without it, that of this process. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined
  readonly cwd?: string | undefined
}

/** How a process ended. A process that could not be started has only a `startError`. */
export interface ToolEnd {
  readonly exitCode: number | null
  readonly signal: NodeJS.Signals | null
  /** The last 64 KiB it wrote to stderr. */
  readonly stderr: string
  readonly startError: Error | undefined
}

/** A process that was started, or failed to start, which `ended` then says. */
export interface RunningTool {
  readonly child: ChildProcess
  /** Settles when the process is gone and its pipes are closed; never rejects. */
  readonly ended: Promise<ToolEnd>
  /** SIGTERM, and SIGKILL if it still runs 10 seconds later. */
  stop(): void
}

/** What a process may be connected to. */
export type ToolStdio = IOType | Stream | number

const STDERR_TAIL_BYTES = 64 * 1024
const KILL_AFTER_MS = 10_000

const hasExited = ({ pid, exitCode, signalCode }: ChildProcess): boolean =>
  pid === undefined || exitCode !== null || signalCode !== null

const terminate = (child: ChildProcess): void => {
  const killer = setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS)
  const letGo = (): void => {
    clearTimeout(killer)
    // A grandchild may hold the pipes; whoever stops the tool does not wait for that one too.
    child.stdout?.destroy()
    child.stderr?.destroy()
  }
  if (hasExited(child)) {
    letGo()
    return
  }
  child.once('exit', letGo)
  child.kill('SIGTERM')
}

/** Starts a program; its stderr is a pipe. Waits for nothing. */
export const startTool = (spec: ToolSpec, stdin: ToolStdio, stdout: ToolStdio): RunningTool => {
  const { file, args, env, cwd } = spec
  const child = spawn(file, [...args], {
    stdio: [stdin, stdout, 'pipe'],
    ...(env !== undefined && { env }),
    ...(cwd !== undefined && { cwd }),
  })
  const stderr = collectTail(child.stderr, STDERR_TAIL_BYTES)
  let startError: Error | undefined
  const ended = new Promise<ToolEnd>((resolve) => {
    const end = (exitCode: number | null, signal: NodeJS.Signals | null): void =>
      resolve({ exitCode, signal, stderr: stderr.text(), startError })
    child.once('close', end)
    child.on('error', (error) => {
      // Of a process that runs, this says no more than that a signal did not reach it.
      if (child.pid !== undefined) return
      startError = error
      end(null, null)
    })
  })
  return { child, ended, stop: () => terminate(child) }
}

const stopped = (name: string): ClonectlError =>
  new ClonectlError('CANCELLED', `${name} was stopped before it was done.`)

/** Throws CANCELLED when `signal` has fired already: then nothing is started. */
export const requireNotCancelled = (name: string, signal: AbortSignal | undefined): void => {
  if (signal?.aborted === true) throw stopped(name)
}

/**
 * Waits for the end of work, which `stop` makes come sooner when `signal` fires. Throws CANCELLED
 * then, after the end: nothing runs any more.
 */
export const untilEnded = async <End>(
  name: string,
  work: { readonly ended: Promise<End>; stop(): void },
  signal: AbortSignal | undefined,
): Promise<End> => {
  const stop = (): void => work.stop()
  signal?.addEventListener('abort', stop)
  try {
    const end = await work.ended
    requireNotCancelled(name, signal)
    return end
  } finally {
    signal?.removeEventListener('abort', stop)
  }
}
