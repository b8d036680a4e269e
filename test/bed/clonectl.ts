// clonectl as its users run it: the built program, in a process of its own.
import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

/** The program; `npm run build` makes what it runs. */
export const clonectlFile = fileURLToPath(new URL('../../bin/clonectl.js', import.meta.url))

export interface ClonectlCall {
  readonly args: readonly string[]
  /** Where mysqld, mysql and mysqlbinlog are; it goes to the front of PATH. */
  readonly programs?: string
  readonly cwd?: string
  /** True: what it writes goes where this process writes. False: it is returned. */
  readonly show: boolean
  /** Passed on as one Ctrl-C; the call still returns only when the program has ended. */
  readonly signal?: AbortSignal
}

export interface ClonectlRun {
  /** 128 when a signal ended it. */
  readonly exitCode: number
  /** Empty when it was shown. */
  readonly stdout: string
  readonly stderr: string
  /** From the start of the process to its end. */
  readonly milliseconds: number
}

/** This process's environment without what the user has set for a clonectl of their own. */
const environment = (programs: string | undefined): NodeJS.ProcessEnv => {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('CLONECTL_'))
  const path = [programs, process.env['PATH']].filter((part) => part !== undefined).join(':')
  return { ...Object.fromEntries(own), PATH: path }
}

/**
 * Runs clonectl to its end, whatever its exit code. It is given a session of its own: the terminal's
 * Ctrl-C would reach it besides the one that is passed on, and a second one ends it at once.
 */
export const runClonectl = async (call: ClonectlCall): Promise<ClonectlRun> => {
  const { args, cwd, show, signal } = call
  signal?.throwIfAborted()
  const began = performance.now()
  const child = spawn(process.execPath, [clonectlFile, ...args], {
    cwd,
    env: environment(call.programs),
    detached: true,
    stdio: ['ignore', show ? 'inherit' : 'pipe', show ? 'inherit' : 'pipe'],
  })
  const cancel = () => child.kill('SIGINT')
  signal?.addEventListener('abort', cancel)
  const ended = new Promise<number>((settle, fail) => {
    child.once('error', fail)
    child.once('close', (code) => {
      settle(code ?? 128)
    })
  })
  try {
    const [exitCode, stdout, stderr] = await Promise.all([
      ended,
      child.stdout ? text(child.stdout) : '',
      child.stderr ? text(child.stderr) : '',
    ])
    return { exitCode, stdout, stderr, milliseconds: performance.now() - began }
  } finally {
    signal?.removeEventListener('abort', cancel)
  }
}
