// Starts mysqld on a data directory that exists, waits until it answers, and stops it.
import { readFileSync, statSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Basedir } from './basedir.ts'
import { freePort } from './free-port.ts'
import { signalProcess, type ProcessHandle } from './process-handle.ts'
import { formatConfig } from './server-config.ts'
import { spawnServer, type Exit, type ServerProcess } from './server-process.ts'
import { socketPathFor } from './socket-path.ts'
import { connect } from './sql.ts'

const startSeconds = 120
const stopSeconds = 120
const attempts = 3

export interface ServerPlan {
  readonly basedir: Basedir
  /** Gets my.cnf, mysqld.log, mysqld.pid and mysqld.sock; must exist. */
  readonly dir: string
  readonly datadir: string
  /** A free one is taken when undefined. */
  readonly port: number | undefined
  /** The port number when undefined. */
  readonly serverId: number | undefined
  readonly options: readonly string[]
  readonly detached: boolean
}

/** A server that has answered. */
export interface Server {
  readonly handle: ProcessHandle
  readonly port: number
  readonly socket: string
  /** False once the process has ended, by itself or not. */
  isUp(): boolean
  /** Stops cleanly. @throws Error when mysqld crashes on the way or takes over two minutes. */
  stop(): Promise<void>
  /** SIGKILL; resolves when the process has ended. */
  kill(): Promise<void>
}

const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0

/** What mysqld wrote since the log had this size: its errors, else its last lines. */
const logTail = (file: string, from: number): string => {
  const lines = readFileSync(file).subarray(from).toString().trimEnd().split('\n')
  const errors = lines.filter((line) => line.includes('[ERROR]'))
  return [...(errors.length > 0 ? errors : lines).slice(-12), `(${file})`].join('\n')
}

/** Says whether the server answers; a refused login is an answer too. */
const answers = async (socket: string): Promise<boolean> => {
  try {
    const connection = await connect({ socket })
    await connection.end()
    return true
  } catch (error) {
    return error instanceof Error && 'errno' in error && error.errno === 1045
  }
}

/** Waits for the first answer. @throws Error with the log's last lines when mysqld ends instead. */
const waitUntilUp = async (
  server: ServerProcess,
  socket: string,
  log: () => string,
): Promise<void> => {
  const deadline = Date.now() + startSeconds * 1000
  while (server.ended() === undefined && Date.now() < deadline) {
    if (await answers(socket)) return
    await sleep(20)
  }
  signalProcess(server.handle, 'SIGKILL')
  const { code, signal } = await server.exit
  throw new Error(`mysqld did not start (${signal ?? `exit code ${code}`}):\n${log()}`)
}

const startOnPort = async (plan: ServerPlan, port: number): Promise<Server> => {
  const configFile = join(plan.dir, 'my.cnf')
  const logFile = join(plan.dir, 'mysqld.log')
  const socket = socketPathFor(plan.dir)
  if (await answers(socket)) throw new Error(`a server runs in ${plan.dir} already`)
  const { datadir, options, serverId = port } = plan
  const pidFile = join(plan.dir, 'mysqld.pid')
  await writeFile(configFile, formatConfig({ datadir, socket, pidFile, port, serverId, options }))
  const logStart = sizeOf(logFile)
  const log = () => logTail(logFile, logStart)
  const args = [`--defaults-file=${configFile}`]
  const { detached } = plan
  const server = await spawnServer({ mysqld: plan.basedir.mysqld, args, logFile, detached })
  await waitUntilUp(server, socket, log)
  return {
    handle: server.handle,
    port,
    socket,
    isUp: () => server.ended() === undefined,
    stop: () => stopServer(server, log),
    kill: async () => {
      signalProcess(server.handle, 'SIGKILL')
      await server.exit
    },
  }
}

const stopServer = async (server: ServerProcess, log: () => string): Promise<void> => {
  if (server.ended() !== undefined) return
  signalProcess(server.handle, 'SIGTERM')
  const timer = new AbortController()
  const tooLong = sleep(stopSeconds * 1000, undefined, { signal: timer.signal, ref: false })
  const exit = await Promise.race([server.exit, tooLong]).finally(() => {
    timer.abort()
  })
  if (exit?.code === 0) return
  throw new Error(`mysqld did not stop cleanly (${describeExit(exit)}):\n${log()}`)
}

const describeExit = (exit: Exit | undefined): string => {
  if (exit === undefined) return `still running after ${stopSeconds} s`
  return exit.signal ?? `exit code ${exit.code}`
}

/**
 * Starts mysqld on an existing data directory and waits for its first answer. Another process can
 * take a free port before mysqld binds it, so that is tried again with another one.
 * @throws Error with the log's last lines when mysqld does not start.
 */
export const startServer = async (plan: ServerPlan): Promise<Server> => {
  if (plan.port !== undefined) return startOnPort(plan, plan.port)
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startOnPort(plan, await freePort())
    } catch (error) {
      const taken = error instanceof Error && error.message.includes('Bind on TCP/IP port')
      if (!taken || attempt === attempts) throw error
    }
  }
}
