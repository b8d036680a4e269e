// One mysqld process: started, watched, and taken along when the test run ends.
import { spawn } from 'node:child_process'
import { existsSync, openSync, closeSync } from 'node:fs'
import { handleOf, signalProcess, type ProcessHandle } from './process-handle.ts'

/** How a process ended: one of the two is null. */
export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

export interface ServerProcess {
  readonly handle: ProcessHandle
  /** Resolves when the process has ended. */
  readonly exit: Promise<Exit>
  /** How it ended, or undefined while it runs. */
  ended(): Exit | undefined
}

export interface SpawnOptions {
  readonly mysqld: string
  readonly args: readonly string[]
  /** Gets standard output and standard error, appended. */
  readonly logFile: string
  /** True: the process outlives this one. False: it dies with it, even when that is killed. */
  readonly detached: boolean
}

const setpriv = '/usr/bin/setpriv'
const livingChildren = new Set<ProcessHandle>()

// For machines without setpriv; with it, the kernel sees to this even after a SIGKILL.
process.once('exit', () => {
  for (const handle of livingChildren) signalProcess(handle, 'SIGKILL')
})

/** setpriv makes the kernel kill the server when its parent ends; it execs, so the pid stays. */
const commandLine = ({ mysqld, args, detached }: SpawnOptions): readonly [string, string[]] =>
  !detached && existsSync(setpriv)
    ? [setpriv, ['--pdeathsig', 'KILL', '--', mysqld, ...args]]
    : [mysqld, [...args]]

/** Starts mysqld. @throws Error when the program cannot be run at all. */
export const spawnServer = async (options: SpawnOptions): Promise<ServerProcess> => {
  const log = openSync(options.logFile, 'a', 0o640)
  const [file, args] = commandLine(options)
  const child = spawn(file, args, { detached: options.detached, stdio: ['ignore', log, log] })
  closeSync(log)
  let ended: Exit | undefined
  const exit = new Promise<Exit>((settle) => {
    child.once('exit', (code, signal) => {
      ended = { code, signal }
      settle(ended)
    })
  })
  await new Promise((settle, fail) => child.once('spawn', settle).once('error', fail))
  const handle = child.pid === undefined ? undefined : handleOf(child.pid)
  if (handle === undefined)
    throw new Error(`${options.mysqld} ended at once; see ${options.logFile}`)
  if (options.detached) {
    child.unref()
  } else {
    livingChildren.add(handle)
    void exit.then(() => livingChildren.delete(handle))
  }
  return { handle, exit, ended: () => ended }
}
