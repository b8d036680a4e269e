// The state of a server at an instant, as far as it can be compared: the rows of every table, and
// which transactions it has executed.
import { type Answering, gtidExecuted, tableChecksums } from '../bed/compare.ts'

export interface State {
  /** CHECKSUM TABLE by `database.table`. */
  readonly checksums: ReadonlyMap<string, string>
  readonly gtids: string
}

/** Only means anything while nobody writes. */
export const readState = async (server: Answering): Promise<State> => ({
  checksums: await tableChecksums(server),
  gtids: await gtidExecuted(server),
})

const tableDifference = (
  table: string,
  expected: string | undefined,
  found: string | undefined,
): readonly string[] => {
  if (expected === found) return []
  if (found === undefined) return [`${table} is missing, its checksum was ${expected}`]
  if (expected === undefined) return [`${table} did not exist, its checksum is ${found}`]
  return [`${table} has checksum ${found}, it was ${expected}`]
}

/** What is no longer as it was, table by table; empty when nothing differs. */
export const differences = (before: State, now: State): readonly string[] => {
  const tables = new Set([...before.checksums.keys(), ...now.checksums.keys()])
  return [
    ...[...tables].flatMap((table) =>
      tableDifference(table, before.checksums.get(table), now.checksums.get(table)),
    ),
    ...(before.gtids === now.gtids ? [] : [`the GTID set is ${now.gtids}, it was ${before.gtids}`]),
  ]
}
