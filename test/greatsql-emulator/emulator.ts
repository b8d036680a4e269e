// A GreatSQL server for tests: a real MySQL server with a front that speaks GreatSQL's clone.
import { access, mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { startInstance, type Instance } from '../bed/instance.ts'
import { runSqlOnce, type Login } from '../bed/sql.ts'
import { socketPathFor } from '../bed/socket-path.ts'
import { createHistory } from './clone/history.ts'
import { showFirstClone } from './basedir/first-clone.ts'
import { makeBasedir, type EmulatedBasedir } from './basedir/make-basedir.ts'
import type { EmulatorOptions, Tuning } from './options.ts'
import { openFront, type Front } from './protocol/front.ts'
import { answerPrepare, answerStatement, splitText } from './server/answer.ts'
import { recallRestored } from './server/restored-clone.ts'
import { assemble } from './server/assemble.ts'
import { forgetPlugin, type GreatSql } from './server/greatsql.ts'

/** What a program needs to know to use the server. */
export interface EmulatorDocument {
  readonly basedir: string
  readonly datadir: string
  readonly socket: string
  readonly port: number
  readonly user: string
  readonly version: string
  /** The real server behind it: without GreatSQL's statements. */
  readonly donor: { readonly socket: string; readonly port: number }
}

export interface Emulator extends AsyncDisposable {
  readonly dir: string
  readonly socket: string
  readonly port: number
  readonly version: string
  readonly datadir: string
  /** An installation made for it, whatever @@basedir says. */
  readonly basedir: EmulatedBasedir
  /** The real server. */
  readonly donor: Instance
  /** Can be changed at any time. */
  readonly tuning: Tuning
  readonly document: EmulatorDocument
  /** All statements that clients have sent, as they sent them: with their passwords. */
  readonly heard: readonly string[]
  /** Runs statements over a connection of their own, as Instance.sql of the test bed does. */
  sql(text: string, login?: Login): Promise<string[][]>
  /** Clones that hold a slot: as recipient, as donor. */
  slotsUsed(): { readonly recipient: number; readonly donor: number }
  /**
   * Restarts the server, cleanly or after a SIGKILL, perhaps with other [mysqld] options: page
   * tracking survives, clone_status does not.
   */
  restart(how?: { readonly crash?: boolean; readonly options?: readonly string[] }): Promise<void>
  /** Stops everything; a later emulator in this directory goes on with its data. */
  stop(): Promise<void>
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )

/** The real server, on its data if it has any. */
const startDonor = async (dir: string, given: EmulatorOptions): Promise<Instance> => {
  const { options, report } = given
  const home = join(dir, 'server')
  const datadir = join(home, 'data')
  const used = await exists(join(datadir, 'mysql.ibd'))
  const old = given.fromDatadir ?? (used ? datadir : undefined)
  if (old !== undefined) await showFirstClone(old)
  return startInstance({
    dir: home,
    ...(options && { options }),
    ...(report && { report }),
    ...(old !== undefined && { fromDatadir: old }),
  })
}

const open = (
  emulated: GreatSql,
  dir: string,
  { port, heard }: { readonly port: number | undefined; readonly heard: string[] },
): Promise<Front> =>
  openFront({
    socket: socketPathFor(dir).replace(/mysqld\.sock$/, 'emulator.sock'),
    port,
    datadir: emulated.server.datadir,
    conduct: {
      version: emulated.release.version,
      backend: emulated.server,
      split: splitText,
      answer: (text, client) => {
        heard.push(Buffer.from(text, 'latin1').toString('utf8'))
        return answerStatement(emulated, client, text)
      },
      prepare: (text, client) => answerPrepare(emulated, client, text),
    },
  })

const describe = (emulated: GreatSql, front: Front): EmulatorDocument => {
  const { server, release, constants } = emulated
  const basedir = constants.get('basedir')
  return {
    basedir: typeof basedir === 'string' ? basedir : server.basedir.path,
    datadir: server.datadir,
    socket: front.socket,
    port: front.port,
    user: 'root',
    version: release.version,
    donor: { socket: server.socket, port: server.port },
  }
}

/**
 * Starts an emulated GreatSQL server, with a real server of its own in `dir/server`, or goes on
 * with what an earlier one left there.
 * @throws BedUnavailable when there is no MySQL on this machine.
 */
export const startEmulator = async (options: EmulatorOptions): Promise<Emulator> => {
  const dir = resolve(options.dir)
  await mkdir(dir, { recursive: true })
  const server = await startDonor(dir, options)
  const { version } = options
  const made = await makeBasedir({
    dir: join(dir, 'basedir'),
    real: server.basedir,
    ...(version !== undefined && { version }),
  })
  const emulated = await assemble(server, dir, { basedir: made.path, ...options })
  // clone_max_concurrency is 16 in MySQL and 8 in GreatSQL (clone_plugin.cc).
  await server.sql('SET GLOBAL clone_max_concurrency = 8').catch(() => undefined)
  await createHistory(server)
  await recallRestored(emulated)
  const heard: string[] = []
  const front = await open(emulated, dir, { port: options.port, heard })
  const stop = async (): Promise<void> => {
    await front.close()
    await server.stop()
    await front.drained()
  }
  return {
    dir,
    socket: front.socket,
    port: front.port,
    version: emulated.release.version,
    datadir: server.datadir,
    basedir: made,
    donor: server,
    tuning: emulated.tuning,
    heard,
    document: describe(emulated, front),
    sql: (text, login) => runSqlOnce({ socket: front.socket }, text, login),
    slotsUsed: () => ({
      recipient: emulated.recipientSlots.used(),
      donor: emulated.donor.slots.used(),
    }),
    restart: async ({ crash = false, options: replaced } = {}) => {
      if (crash) await server.kill()
      await server.restart(replaced)
      forgetPlugin(emulated)
      await recallRestored(emulated)
    },
    stop,
    [Symbol.asyncDispose]: stop,
  }
}
