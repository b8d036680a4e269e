// A GreatSQL server for tests: a real MySQL server with a front that speaks GreatSQL's clone.
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { startInstance, type Instance } from '../bed/instance.ts'
import { runSqlOnce, type Login } from '../bed/sql.ts'
import { socketPathFor } from '../bed/socket-path.ts'
import { createHistory } from './clone/history.ts'
import { makeCloner } from './clone/real-clone.ts'
import { defaultTuning, type EmulatorOptions, type Tuning } from './options.ts'
import { openFront, type Front } from './protocol/front.ts'
import { answerPrepare, answerStatement, splitText } from './server/answer.ts'
import { makeCloneStatus } from './server/clone-status.ts'
import { forgetPlugin, initialVariables, type GreatSql } from './server/greatsql.ts'
import { releaseOf, recipientSlots } from './server/release.ts'
import { makeSlots } from './server/slots.ts'
import { openSnapshots } from './server/snapshots.ts'
import { makeTracker, type TrackerState } from './server/tracker.ts'

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
  /** The real server. */
  readonly donor: Instance
  /** Can be changed at any time. */
  readonly tuning: Tuning
  readonly document: EmulatorDocument
  /** Runs statements over a connection of their own, as Instance.sql of the test bed does. */
  sql(text: string, login?: Login): Promise<string[][]>
  /** Clones that hold a slot: as recipient, as donor. */
  slotsUsed(): { readonly recipient: number; readonly donor: number }
  /** Restarts the server, cleanly or after a SIGKILL: page tracking survives, clone_status does not. */
  restart(options?: { readonly crash?: boolean }): Promise<void>
  /** Stops everything; a later emulator in this directory goes on with its data. */
  stop(): Promise<void>
}

interface SavedState {
  readonly sequence: number
  readonly tracker: { readonly resets: readonly { lsn: string; sequence: number }[] }
}

const readState = async (path: string): Promise<{ sequence: number; tracker: TrackerState }> => {
  const text = await readFile(path, 'utf8').catch(() => undefined)
  if (text === undefined) return { sequence: 0, tracker: { resets: [] } }
  // Only the emulator writes this file, so it is trusted.
  const { sequence, tracker } = JSON.parse(text) as SavedState
  const resets = tracker.resets.map((reset) => ({ ...reset, lsn: BigInt(reset.lsn) }))
  return { sequence, tracker: { resets } }
}

const writeState = async (path: string, sequence: number, { resets }: TrackerState) => {
  const saved: SavedState = {
    sequence,
    tracker: { resets: resets.map(({ lsn, ...reset }) => ({ ...reset, lsn: String(lsn) })) },
  }
  await writeFile(`${path}.new`, `${JSON.stringify(saved, undefined, 2)}\n`)
  await rename(`${path}.new`, path)
}

const exists = (path: string): Promise<boolean> =>
  readFile(path).then(
    () => true,
    () => false,
  )

/** The real server, on its data if it has any. */
const startDonor = async (dir: string, { options, report }: EmulatorOptions): Promise<Instance> => {
  const home = join(dir, 'server')
  const datadir = join(home, 'data')
  const used = await exists(join(datadir, 'mysql.ibd'))
  return startInstance({
    dir: home,
    ...(options && { options }),
    ...(report && { report }),
    ...(used && { fromDatadir: datadir }),
  })
}

const constantsOf = ({ basedir }: EmulatorOptions, version: string): GreatSql['constants'] => {
  const release = releaseOf(version)
  const constants = new Map<string, string | null>([
    ['version', release.version],
    ['version_comment', release.versionComment],
    ['clone_incremental_dir', null],
  ])
  if (!release.is84) constants.set('default_authentication_plugin', 'caching_sha2_password')
  if (basedir !== undefined) constants.set('basedir', `${resolve(basedir)}/`)
  return constants
}

/** Page 0 lacks what was set since its last flush; the server's memory has it. */
const readSpaceFlags = async (server: Instance): Promise<ReadonlyMap<number, number>> => {
  const rows = await server.sql('SELECT SPACE, FLAG FROM information_schema.INNODB_TABLESPACES')
  return new Map(rows.map(([space, flag]) => [Number(space), Number(flag)]))
}

const emulate = async (
  server: Instance,
  dir: string,
  options: EmulatorOptions,
): Promise<GreatSql> => {
  const release = releaseOf(options.version ?? '8.0.32-27')
  const tuning: Tuning = { ...defaultTuning, ...options.tuning }
  const stateFile = join(dir, 'state', 'tracker.json')
  await mkdir(join(dir, 'state', 'work'), { recursive: true })
  const saved = await readState(stateFile)
  let { sequence } = saved
  const nextSequence = (): number => (sequence += 1)
  const tracker = makeTracker(
    {
      server,
      tuning,
      nextSequence,
      save: () => writeState(stateFile, sequence, tracker.state()),
    },
    saved.tracker,
  )
  const [[pageSize = '16384'] = []] = await server.sql('SELECT @@innodb_page_size')
  return {
    server,
    release,
    tuning,
    variables: initialVariables(release),
    constants: constantsOf(options, release.version),
    status: makeCloneStatus(),
    recipientSlots: makeSlots(recipientSlots),
    innodbPageSize: Number(pageSize),
    donor: {
      makeClone: makeCloner(server),
      slots: makeSlots(release.donorSlots),
      tracker,
      snapshots: await openSnapshots(join(dir, 'state', 'pages')),
      nextSequence,
      spaceFlags: () => readSpaceFlags(server),
      workDir: join(dir, 'state', 'work'),
    },
  }
}

const open = (emulated: GreatSql, dir: string, port: number | undefined): Promise<Front> =>
  openFront({
    socket: socketPathFor(dir).replace(/mysqld\.sock$/, 'emulator.sock'),
    port,
    datadir: emulated.server.datadir,
    conduct: {
      version: emulated.release.version,
      backend: emulated.server,
      split: splitText,
      answer: (text, client) => answerStatement(emulated, client, text),
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
  const emulated = await emulate(server, dir, options)
  // clone_max_concurrency is 16 in MySQL and 8 in GreatSQL (contract 2.3).
  await server.sql('SET GLOBAL clone_max_concurrency = 8').catch(() => undefined)
  await createHistory(server)
  const front = await open(emulated, dir, options.port)
  const stop = async (): Promise<void> => {
    await front.close()
    await server.stop()
  }
  return {
    dir,
    socket: front.socket,
    port: front.port,
    version: emulated.release.version,
    datadir: server.datadir,
    donor: server,
    tuning: emulated.tuning,
    document: describe(emulated, front),
    sql: (text, login) => runSqlOnce({ socket: front.socket }, text, login),
    slotsUsed: () => ({
      recipient: emulated.recipientSlots.used(),
      donor: emulated.donor.slots.used(),
    }),
    restart: async ({ crash = false } = {}) => {
      if (crash) await server.kill()
      await server.restart()
      forgetPlugin(emulated)
    },
    stop,
    [Symbol.asyncDispose]: stop,
  }
}
