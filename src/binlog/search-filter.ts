// Which binlogs, transactions and changes a search is about.

import { gtidSetContains, gtidSetIntersects, normaliseGtidSet } from '../mysql/gtid-set.ts'
import { matchesTable } from '../mysql/table-pattern.ts'
import type { BinlogFacts } from './binlog-facts.ts'
import type { Wants } from './collect-changes.ts'
import type { TransactionSearch } from './transaction-search.ts'

export interface SearchFilter {
  /** Whether a binlog may hold transactions of these times and GTIDs. */
  mayHold(facts: BinlogFacts): boolean
  mayBe(gtid: string | undefined, micros: bigint): boolean
  readonly wants: Wants
}

/** Names that were asked about already; there are far more events than tables. */
const rememberedNames = 10_000

/**
 * A binlog does not tell whether its server ignores the case of names, so that does not count.
 * What happens to all tables of a database happens to the one that is looked for.
 */
const tableFilter = ({ tables, type: wanted }: TransactionSearch): Wants => {
  const known = new Map<string, boolean>()
  const matches = (database: string, table: string | undefined): boolean =>
    tables.length === 0 ||
    tables.some((pattern) =>
      table === undefined
        ? matchesTable({ ...pattern, table: '*' }, { database, table: '' }, true)
        : matchesTable(pattern, { database, table }, true),
    )
  return (type, database, table) => {
    if (wanted !== undefined && type !== wanted) return false
    const key = `${database}\0${table ?? '\n'}`
    let isMatch = known.get(key)
    if (isMatch === undefined) {
      if (known.size > rememberedNames) known.clear()
      isMatch = matches(database, table)
      known.set(key, isMatch)
    }
    return isMatch
  }
}

/** Throws CONFIG for GTIDs that are not understood. */
export const searchFilter = (search: TransactionSearch): SearchFilter => {
  const { from, to } = search
  const gtids = search.gtids === undefined ? undefined : normaliseGtidSet(search.gtids)
  return {
    mayHold: ({ firstTimeMicros, lastTimeMicros, gtids: held, anonymous }) => {
      if (firstTimeMicros === null || lastTimeMicros === null) return true
      if (from !== undefined && BigInt(lastTimeMicros) < from) return false
      if (to !== undefined && BigInt(firstTimeMicros) > to) return false
      return gtids === undefined || anonymous > 0 || gtidSetIntersects(held, gtids)
    },
    mayBe: (gtid, micros) => {
      if (from !== undefined && micros < from) return false
      if (to !== undefined && micros > to) return false
      return gtids === undefined || (gtid !== undefined && gtidSetContains(gtids, gtid))
    },
    wants: tableFilter(search),
  }
}
