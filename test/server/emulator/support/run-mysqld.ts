// Runs the mysqld of an emulated basedir to its end, as a program.
import { spawn } from 'node:child_process'
import { cp } from 'node:fs/promises'
import type { EmulatedBasedir } from '../../../greatsql-emulator/basedir/make-basedir.ts'

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  /** The error log, unless it goes to a file. */
  readonly stderr: string
}

export interface Running {
  readonly ended: Promise<Ended>
  signal(name: NodeJS.Signals): void
}

const startProgram = (
  file: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Running => {
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'], env })
  const texts = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => (texts.stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (texts.stderr += text))
  const ended = new Promise<Ended>((settle, fail) => {
    child.once('error', fail)
    child.once('close', (code, signal) => {
      settle({ code, signal, ...texts })
    })
  })
  return { ended, signal: (name) => child.kill(name) }
}

/** Any program of a basedir, or elsewhere. */
export const runProgram = (file: string, args: readonly string[]): Promise<Ended> =>
  startProgram(file, args).ended

export interface ApplyRequest {
  readonly datadir: string
  readonly increment: string
  readonly options?: readonly string[]
  /** Lines of a fault (apply/fault.ts). */
  readonly fault?: string
}

/** mysqld --clone_incremental_dir with all messages on. */
export const startApply = (
  basedir: EmulatedBasedir,
  { datadir, increment, options = [], fault }: ApplyRequest,
): Running =>
  startProgram(
    basedir.mysqld,
    [
      '--no-defaults',
      '--user=root',
      '--log_error_verbosity=3',
      `--datadir=${datadir}`,
      `--clone_incremental_dir=${increment}`,
      ...options,
    ],
    { ...process.env, ...(fault !== undefined && { GREATSQL_EMULATOR_FAULT: fault }) },
  )

/** The same, to its end. */
export const applyIncrement = (basedir: EmulatedBasedir, request: ApplyRequest): Promise<Ended> =>
  startApply(basedir, request).ended

/** A copy to work on; blocks are shared where the file system can. */
export const copyTree = async (from: string, to: string): Promise<string> => {
  await cp(from, to, { recursive: true, mode: 2 })
  return to
}
