// The donor: a server of the test bed, or an emulated GreatSQL, with something in it.
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { writeBed } from '../bed/bed-state.ts'
import { startInstance, type Instance } from '../bed/instance.ts'
import { loadTables } from '../bed/load.ts'
import { startEmulator } from '../greatsql-emulator/emulator.ts'
import { makeChanges } from './change.ts'
import type { Narrator } from './narrator.ts'
import type { DemoRequest } from './request.ts'
import { stock } from './stock.ts'
import { withoutCompressedRows } from './without-compressed-rows.ts'

export interface DemoDonor
  extends Pick<Instance, 'sql' | 'socket' | 'datadir' | 'stop'>, AsyncDisposable {
  /** Option file that leads to it. */
  readonly optionFile: string
  /** Directories of its programs, as in PATH. */
  readonly programs: string
  /** The command that starts it again, when everything was kept. */
  keep(): Promise<string>
}

/** Starts the donor in `dir`; it is fetched first where this machine has no MySQL for tests yet. */
export const startDonor = async (
  dir: string,
  narrator: Narrator,
  { greatsql }: DemoRequest,
): Promise<DemoDonor> => {
  const donor = await narrator.timed(
    greatsql ? 'A MySQL server that speaks like GreatSQL is up' : 'A MySQL server of our own is up',
    () => (greatsql ? startGreatSql(dir, narrator) : startMysql(dir, narrator)),
  )
  const [row] = await donor.sql('SELECT VERSION()')
  narrator.say(`  version ${row?.[0]}, data in ${donor.datadir}`)
  return donor
}

const reportTo = (narrator: Narrator) => (line: string) => narrator.say(`  ${line}`)

const startMysql = async (dir: string, narrator: Narrator): Promise<DemoDonor> => {
  const instance = await startInstance({ dir, report: reportTo(narrator) })
  const { mysqld, mysql } = instance.basedir
  return {
    ...instance,
    optionFile: join(instance.dir, 'my.cnf'),
    programs: [...new Set([mysqld, mysql].map((file) => dirname(file)))].join(':'),
    keep: async () => {
      await writeBed(instance) // so that the test bed can start it again
      return `npm run testbed -- start --dir ${dir}`
    },
  }
}

const startGreatSql = async (dir: string, narrator: Narrator): Promise<DemoDonor> => {
  const emulator = await startEmulator({ dir, report: reportTo(narrator) })
  const optionFile = join(dir, 'my.cnf')
  await mkdir(dir, { recursive: true })
  await writeFile(optionFile, `[client]\nuser=root\nsocket=${emulator.socket}\n`, { mode: 0o600 })
  return {
    ...emulator,
    optionFile,
    programs: join(emulator.document.basedir, 'bin'),
    keep: () => Promise.resolve(`npm run emulator -- start --dir ${dir}`),
  }
}

/** Fills it: the database `shop` with that many bytes, and `stock` with one table of each kind. */
export const fillDonor = async (
  donor: DemoDonor,
  narrator: Narrator,
  { sizeBytes, greatsql }: DemoRequest,
): Promise<void> => {
  const size = `${Math.round(sizeBytes / 1024 ** 2)} MiB`
  const { tables, rowsPerTable } = await narrator.timed(`It holds ${size} of orders`, () =>
    loadTables(donor, { bytes: sizeBytes }),
  )
  narrator.say(`  ${tables.join(', ')}: ${rowsPerTable} rows each`)
  narrator.say('and a database called stock:')
  await makeChanges(donor, narrator, greatsql ? withoutCompressedRows(stock) : stock)
}
