// A mysqld that is a child of this process: its start, its end, and signals to it alone.
import { spawn, type ChildProcess } from 'node:child_process'
import { open } from 'node:fs/promises'
import { ClonectlError, hasSystemCode } from '../errors.ts'
import { identityOf, type ProcessIdentity } from '../system/process-identity.ts'
import { logSize, readLogTail } from './log-tail.ts'

export interface MysqldProcessOptions {
  readonly mysqld: string
  readonly args: readonly string[]
  /** Gets stdout and stderr, at its end. */
  readonly logFile: string
}

export interface MysqldExit {
  readonly exitCode: number | null
  readonly signal: NodeJS.Signals | null
}

export interface MysqldProcess {
  readonly pid: number
  readonly identity: ProcessIdentity
  /** Settles when the process is gone; never rejects. */
  readonly exited: Promise<MysqldExit>
  readonly hasExited: () => boolean
  /** Signals the process, unless it is gone. */
  readonly signal: (name: 'SIGTERM' | 'SIGKILL') => void
  /** Lets this program end while the process lives. */
  readonly release: () => void
  /** A PROCESS error that says what happened to it, with the last lines of its log. */
  readonly failure: (what: string, exit?: MysqldExit) => Promise<ClonectlError>
}

const notStarted = (mysqld: string, error: Error): ClonectlError => {
  const missing = hasSystemCode(error, 'ENOENT') || hasSystemCode(error, 'EACCES')
  return new ClonectlError(
    missing ? 'TOOL_MISSING' : 'PROCESS',
    `mysqld could not be started at ${mysqld}: ${error.message}`,
    {
      hint: 'Give --basedir, the directory of the installation that holds bin/mysqld.',
      details: { command: 'mysqld', file: mysqld },
    },
  )
}

const exitText = ({ exitCode, signal }: MysqldExit): string =>
  signal === null ? `exit code ${exitCode ?? 'unknown'}` : `signal ${signal}`

const makeFailure =
  (logFile: string, logStart: number): MysqldProcess['failure'] =>
  async (what, exit) => {
    const { lines, errors } = await readLogTail(logFile, logStart)
    const parts = [what, ...(exit === undefined ? [] : [exitText(exit)]), ...errors.slice(0, 1)]
    return new ClonectlError('PROCESS', parts.join(': '), {
      hint: `See its log: ${logFile}`,
      details: { command: 'mysqld', ...exit, logFile, logErrors: errors, logTail: lines },
    })
  }

/** Waits until the child runs, or throws why it does not. */
const spawned = (child: ChildProcess, mysqld: string): Promise<number> =>
  new Promise((resolve, reject) => {
    child.once('error', (error) => reject(notStarted(mysqld, error)))
    child.once('spawn', () => resolve(child.pid ?? 0))
  })

/**
 * Starts mysqld in a process group of its own, so that Ctrl-C in a terminal reaches clonectl only,
 * which then stops mysqld in order. Throws TOOL_MISSING or PROCESS when it cannot be executed.
 */
export const startMysqldProcess = async (options: MysqldProcessOptions): Promise<MysqldProcess> => {
  const { mysqld, args, logFile } = options
  const logStart = await logSize(logFile)
  await using log = await open(logFile, 'a', 0o640)
  const child = spawn(mysqld, [...args], { detached: true, stdio: ['ignore', log.fd, log.fd] })
  const exited = new Promise<MysqldExit>((resolve) => {
    child.once('exit', (exitCode, signal) => resolve({ exitCode, signal }))
  })
  const pid = await spawned(child, mysqld)
  return {
    pid,
    identity: identityOf(pid),
    exited,
    hasExited: () => child.exitCode !== null || child.signalCode !== null,
    signal: (name) => void child.kill(name),
    release: () => child.unref(),
    failure: makeFailure(logFile, logStart),
  }
}
