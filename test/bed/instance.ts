// A real MySQL server for a test, in a directory of its own: a copy of the template, or a data
// directory that exists, such as a restored one.
import { access, mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { findBasedir, type Basedir } from './basedir.ts'
import type { ProcessHandle } from './process-handle.ts'
import { startServer } from './server.ts'
import { runSqlOnce, type Login } from './sql.ts'
import { copyTemplate, ensureTemplate } from './template.ts'

export interface InstanceOptions {
  /** Gets data/, mysqld.sock, mysqld.log, mysqld.pid and my.cnf; created when missing. */
  readonly dir: string
  /** A free one is taken without it. */
  readonly port?: number
  /** More [mysqld] options, such as `innodb_page_size=8k`; they win over the bed's own. */
  readonly options?: readonly string[]
  /** Starts on this data directory as it is, instead of on a fresh one in `dir/data`. */
  readonly fromDatadir?: string
  /** The port number without it. */
  readonly serverId?: number
  /** True: the server outlives this process. Otherwise it dies with it. */
  readonly detached?: boolean
  /** Gets a line of text now and then while a server is being fetched for the first time. */
  readonly report?: (line: string) => void
}

/** What a program needs to know to use the server. */
export interface InstanceDocument {
  readonly basedir: string
  readonly datadir: string
  readonly socket: string
  readonly port: number
  readonly user: string
  /** Null while the server is down. */
  readonly pid: number | null
}

export interface Instance extends AsyncDisposable {
  readonly dir: string
  readonly basedir: Basedir
  readonly datadir: string
  readonly socket: string
  readonly port: number
  readonly logFile: string
  readonly document: InstanceDocument
  /** The running process, or undefined while the server is down. */
  readonly process: ProcessHandle | undefined
  /**
   * Runs statements over a connection of their own. Rows of all results follow each other, every
   * value is text, NULL is `NULL`. @throws the driver's error (errno, sqlState).
   */
  sql(text: string, login?: Login): Promise<string[][]>
  /** Stops cleanly; nothing happens when the server is down. */
  stop(): Promise<void>
  /** SIGKILL: a crash. */
  kill(): Promise<void>
  /** Stops cleanly when it is up, and starts again. Given options replace the earlier ones. */
  restart(options?: readonly string[]): Promise<void>
}

/** Makes `dir/data` from the template. @throws Error when there is one already: it is never reused. */
const freshDatadir = async (basedir: Basedir, dir: string, options: readonly string[]) => {
  const datadir = join(dir, 'data')
  const used = await access(datadir).then(
    () => true,
    () => false,
  )
  if (used) {
    throw new Error(`${datadir} exists already: a new server needs a directory without one`)
  }
  const template = await ensureTemplate(basedir, options)
  await copyTemplate(template, datadir)
  return datadir
}

const existingDatadir = async (path: string): Promise<string> => {
  const datadir = resolve(path)
  await access(join(datadir, 'mysql.ibd')).catch((cause: unknown) => {
    throw new Error(`${datadir} is no data directory: it has no mysql.ibd`, { cause })
  })
  return datadir
}

/**
 * Starts a server, which takes about a second, and waits until it answers.
 * @throws BedUnavailable when there is no MySQL on this machine; Error when `dir` is in use or
 * mysqld does not start (with the last lines of its log).
 */
export const startInstance = async (given: InstanceOptions): Promise<Instance> => {
  const { report, serverId, detached = false } = given
  const basedir = await findBasedir(report ? { report } : {})
  const dir = resolve(given.dir)
  await mkdir(dir, { recursive: true })
  let options = given.options ?? []
  const datadir =
    given.fromDatadir === undefined
      ? await freshDatadir(basedir, dir, options)
      : await existingDatadir(given.fromDatadir)
  const plan = { basedir, dir, datadir, serverId, detached }
  let server = await startServer({ ...plan, port: given.port, options })
  const { port, socket } = server

  return {
    dir,
    basedir,
    datadir,
    socket,
    port,
    logFile: join(dir, 'mysqld.log'),
    get document() {
      const pid = server.isUp() ? server.handle.pid : null
      return { basedir: basedir.path, datadir, socket, port, user: 'root', pid }
    },
    get process() {
      return server.isUp() ? server.handle : undefined
    },
    sql: (text, login) => runSqlOnce({ socket }, text, login),
    stop: () => server.stop(),
    kill: () => server.kill(),
    restart: async (replaced) => {
      await server.stop()
      options = replaced ?? options
      server = await startServer({ ...plan, port, options })
    },
    [Symbol.asyncDispose]: () => server.stop(),
  }
}
