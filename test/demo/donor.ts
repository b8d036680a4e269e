// The donor: a server of the test bed with something in it.
import { startInstance, type Instance } from '../bed/instance.ts'
import { loadTables } from '../bed/load.ts'
import { makeChanges } from './change.ts'
import type { Narrator } from './narrator.ts'
import { stock } from './stock.ts'

/** Starts the donor in `dir`; it is fetched first where this machine has no MySQL for tests yet. */
export const startDonor = async (dir: string, narrator: Narrator): Promise<Instance> => {
  const report = (line: string) => narrator.say(`  ${line}`)
  const donor = await narrator.timed('A MySQL server of our own is up', () =>
    startInstance({ dir, report }),
  )
  const [row] = await donor.sql('SELECT VERSION()')
  narrator.say(`  version ${row?.[0]}, data in ${donor.datadir}`)
  return donor
}

/** Fills it: the database `shop` with that many bytes, and `stock` with one table of each kind. */
export const fillDonor = async (
  donor: Instance,
  narrator: Narrator,
  bytes: number,
): Promise<void> => {
  const size = `${Math.round(bytes / 1024 ** 2)} MiB`
  const { tables, rowsPerTable } = await narrator.timed(`It holds ${size} of orders`, () =>
    loadTables(donor, { bytes }),
  )
  narrator.say(`  ${tables.join(', ')}: ${rowsPerTable} rows each`)
  narrator.say('and a database called stock:')
  await makeChanges(donor, narrator, stock)
}
