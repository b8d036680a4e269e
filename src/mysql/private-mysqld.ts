// A mysqld of clonectl's own on a restored data directory, reachable through a socket only.
import { ClonectlError } from '../errors.ts'
import type { ProcessIdentity } from '../system/process-identity.ts'
import { startMysqldProcess, type MysqldExit, type MysqldProcess } from './mysqld-process.ts'
import { requireFreeSocket, untilReady } from './mysqld-readiness.ts'
import { abandonMysqld, stopMysqld } from './mysqld-stop.ts'

export interface PrivateMysqldOptions {
  /** Path of the program. */
  readonly mysqld: string
  readonly datadir: string
  /** The only option file it reads; it must not hold secrets. */
  readonly configFile: string
  /** At most 107 bytes long. */
  readonly socket: string
  readonly logFile: string
  /**
   * The account used to see whether it answers and to shut it down; root without it. An account
   * that is refused will do: then it answers too, and is stopped by SIGTERM.
   */
  readonly user?: string | undefined
  readonly password?: string | undefined
  /** Told of the process before anything is waited for, so that it can be noted durably. */
  readonly onSpawn?: ((identity: ProcessIdentity) => Promise<void>) | undefined
  /** Ends the start: mysqld is stopped and CANCELLED thrown. */
  readonly signal?: AbortSignal | undefined
  /** Recovery of a large redo log takes its time; 10 minutes without it. */
  readonly startTimeoutMs?: number | undefined
  /** How long each way of stopping it may take; 10 minutes without it. */
  readonly stopTimeoutMs?: number | undefined
}

export interface PrivateMysqld extends AsyncDisposable {
  readonly pid: number
  readonly identity: ProcessIdentity
  readonly socket: string
  /** Settles when it is gone, however that came. */
  readonly exited: Promise<MysqldExit>
  /**
   * Stops it cleanly: SQL SHUTDOWN, and SIGTERM when that does not do. Nothing happens when it is
   * gone. Throws PROCESS when it ends badly, or does not end; it is never killed here.
   */
  stop(): Promise<void>
  /** SIGKILL, for an instance that will be thrown away. */
  kill(): Promise<void>
  /** Leaves it running for good; disposing does nothing from now on. */
  release(): void
}

/** The argument by which a mysqld on this data directory is known among all processes. */
export const datadirArgument = (datadir: string): string => `--datadir=${datadir}`

/** sizeof(sockaddr_un.sun_path) is 108, a zero at the end included; see unix(7). */
const longestSocketBytes = 107

const requireShortSocket = (socket: string): void => {
  const bytes = Buffer.byteLength(socket)
  if (bytes <= longestSocketBytes) return
  throw new ClonectlError(
    'CONFIG',
    `the socket path has ${bytes} bytes, at most ${longestSocketBytes} are possible: ${socket}`,
    { hint: 'Set TMPDIR to a directory with a shorter path.', details: { socket, bytes } },
  )
}

const handleOf = (server: MysqldProcess, options: PrivateMysqldOptions): PrivateMysqld => {
  let released = false
  let killed = false
  return {
    pid: server.pid,
    identity: server.identity,
    socket: options.socket,
    exited: server.exited,
    stop: async () => {
      if (!killed) await stopMysqld(server, options)
    },
    kill: async () => {
      killed = true
      server.signal('SIGKILL')
      await server.exited
    },
    release: () => {
      released = true
      server.release()
    },
    [Symbol.asyncDispose]: async () => {
      if (!released && !server.hasExited()) await stopMysqld(server, options)
    },
  }
}

/**
 * Starts mysqld and returns when it answers. Throws PROCESS with the last lines of its log when it
 * ends early or does not answer in time, CANCELLED when the signal fires, CONFIG for a socket that
 * is too long or in use, TOOL_MISSING when there is no such program. Nothing runs after a throw,
 * except a mysqld that did not heed SIGTERM in time.
 */
export const startPrivateMysqld = async (options: PrivateMysqldOptions): Promise<PrivateMysqld> => {
  const { mysqld, datadir, configFile, socket, logFile } = options
  requireShortSocket(socket)
  await requireFreeSocket(options)
  const args = [`--defaults-file=${configFile}`, datadirArgument(datadir), `--socket=${socket}`]
  const server = await startMysqldProcess({ mysqld, args, logFile })
  try {
    await options.onSpawn?.(server.identity)
    await untilReady(server, options)
    return handleOf(server, options)
  } catch (error) {
    await abandonMysqld(server, options)
    throw error
  }
}
