// Runs clonectl as its users do: `node bin/clonectl.js` in a process of its own, with an environment
// that holds nothing of this machine's option files. `npm run build` comes first.
import { spawn, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'

const program = fileURLToPath(new URL('../../../bin/clonectl.js', import.meta.url))

/** What a clonectl process gets besides PATH. */
export type ChildEnvironment = Readonly<Record<string, string>> & { readonly HOME: string }

export interface ClonectlRun {
  readonly args: readonly string[]
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunningClonectl {
  readonly child: ChildProcess
  readonly pid: number
  /** Resolves when the process is gone and its output was read. */
  readonly ended: Promise<ClonectlRun>
}

/** What is told of a failure under --json. */
export interface Failure {
  readonly code: string
  readonly exitCode: number
  readonly message: string
  readonly hint: string | null
  readonly details: Readonly<Record<string, unknown>>
}

const collect = (stream: NodeJS.ReadableStream): (() => string) => {
  let text = ''
  stream.setEncoding('utf8').on('data', (part: string) => (text += part))
  return () => text
}

export const startClonectl = (args: readonly string[], env: ChildEnvironment): RunningClonectl => {
  const child = spawn(process.execPath, [program, ...args], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const stdout = collect(child.stdout)
  const stderr = collect(child.stderr)
  const ended = new Promise<ClonectlRun>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) =>
      resolve({ args, code, signal, stdout: stdout(), stderr: stderr() }),
    )
  })
  return { child, pid: child.pid ?? 0, ended }
}

export const runClonectl = (args: readonly string[], env: ChildEnvironment): Promise<ClonectlRun> =>
  startClonectl(args, env).ended

/** The document on standard output of a run that ended well; it is all there is on it. */
export const documentOf = (run: ClonectlRun): unknown => {
  expect(run.stderr).not.toMatch(stackTrace)
  expect({ code: run.code, stderr: run.code === 0 ? '' : run.stderr }).toEqual({
    code: 0,
    stderr: '',
  })
  return JSON.parse(run.stdout)
}

const stackTrace = /^\s+at .+:\d+:\d+\)?$/m

/** The error of a run that failed with --json: one line, no stack trace, nothing on stdout. */
export const failureOf = (run: ClonectlRun): Failure => {
  expect(run.stderr).not.toMatch(stackTrace)
  expect(run.stderr).not.toContain('bug in clonectl')
  expect(run.stdout).toBe('')
  const errors = run.stderr.split('\n').filter((line) => line.startsWith('{"type":"error"'))
  expect(errors).toHaveLength(1)
  // The shape is docs/json-output.md's; what the tests look at in it they compare.
  const failure = JSON.parse(errors[0] ?? '') as Failure
  expect(run.code).toBe(failure.exitCode)
  return failure
}
