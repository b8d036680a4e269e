// The tables that row events of one binlog are about. A server gives a table the same number until
// its definition changes, so mostly it has been described before.

import { parseTableMap, type TableMap } from '../mysql/table-map-event.ts'
import type { Wants } from './collect-changes.ts'

export interface TableMemory {
  /** Whether the transaction has described any table that is looked for. */
  readonly hasAny: boolean
  begin(): void
  /** The body of a TABLE_MAP event. */
  take(body: Buffer): void
  /** Undefined for a table that is not looked for, or not described. */
  find(tableId: number): TableMap | undefined
}

interface Known {
  readonly body: Buffer
  readonly map: TableMap
  readonly isWanted: boolean
}

const tableIdBytes = 6
/** There may be more tables; the others are only slower. */
const rememberedTables = 10_000
const rowTypes = ['insert', 'update', 'delete'] as const

export const newTableMemory = (wants: Wants): TableMemory => {
  const known = new Map<number, Known>()
  let hasAny = false

  const learn = (body: Buffer): Known | undefined => {
    const map = parseTableMap(body)
    if (map === undefined) return undefined
    const isWanted = rowTypes.some((type) => wants(type, map.database, map.table))
    const learnt = { body, map, isWanted }
    if (known.size > rememberedTables) known.clear()
    known.set(map.tableId, learnt)
    return learnt
  }

  const recall = (body: Buffer): Known | undefined => {
    if (body.length < tableIdBytes) return undefined
    const found = known.get(body.readUIntLE(0, tableIdBytes))
    return found?.body.equals(body) ? found : undefined
  }

  return {
    get hasAny() {
      return hasAny
    },
    begin: () => {
      hasAny = false
    },
    take: (body) => {
      if ((recall(body) ?? learn(body))?.isWanted) hasAny = true
    },
    find: (tableId) => {
      const found = known.get(tableId)
      return found?.isWanted ? found.map : undefined
    },
  }
}
