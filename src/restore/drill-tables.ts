// The tables of a restored server, and which of them a drill looks at.

import { isConnectionLost } from '../mysql/server-errno.ts'
import type { Session } from '../mysql/session.ts'
import { matchesTable, type TableName, type TablePattern } from '../mysql/table-pattern.ts'

export interface DrillTable extends TableName {
  /** `database.table`, to be shown. */
  readonly name: string
  /** To be written into a statement. */
  readonly quoted: string
  /** It belongs to the server itself, and changes by being started. */
  readonly system: boolean
  /** By the server's statistics; 0 when they do not know the table. */
  readonly bytes: number
}

export interface DrillTables {
  /** The largest first, so that none of them is left over for the end. */
  readonly tables: readonly DrillTable[]
  /** How many are of other engines than InnoDB. */
  readonly others: number
  /** Patterns that no table matches. */
  readonly unmatched: readonly TablePattern[]
}

const SYSTEM: ReadonlySet<string> = new Set(['mysql', 'sys'])

/** Lists the base tables that match any of the patterns; all of them without a pattern. */
export const listDrillTables = async (
  session: Session,
  patterns: readonly TablePattern[],
  ignoresCase: boolean,
): Promise<DrillTables> => {
  const rows = await readTables(session)
  const sizes = await readSizes(session)
  const found = rows.filter(
    (row) => patterns.length === 0 || patterns.some((p) => matchesTable(p, row, ignoresCase)),
  )
  const tables = found.filter(isInnodb).map(({ database, table }): DrillTable => ({
    database,
    table,
    name: `${database}.${table}`,
    quoted: `${quoted(database)}.${quoted(table)}`,
    system: SYSTEM.has(database),
    bytes: sizes.get(`${database}/${table}`) ?? 0,
  }))
  return {
    tables: tables.sort((a, b) => b.bytes - a.bytes || (a.name < b.name ? -1 : 1)),
    others: found.filter((row) => !isInnodb(row) && !SYSTEM.has(row.database)).length,
    unmatched: patterns.filter((p) => !rows.some((row) => matchesTable(p, row, ignoresCase))),
  }
}

interface TableRow extends TableName {
  readonly engine: string | null
}

/** A table of no engine is one that the server cannot open: worth looking at. */
const isInnodb = ({ engine }: TableRow): boolean => engine === null || engine === 'InnoDB'

const readTables = async (session: Session): Promise<readonly TableRow[]> => {
  const rows = await session.query(
    `SELECT table_schema AS db, table_name AS tbl, engine AS eng
     FROM information_schema.tables
     WHERE table_type = 'BASE TABLE'
       AND table_schema NOT IN ('information_schema', 'performance_schema')`,
  )
  return rows.map(({ db, tbl, eng }) => ({
    database: db ?? '',
    table: tbl ?? '',
    engine: eng ?? null,
  }))
}

/**
 * From the persistent statistics, because information_schema opens every table to tell its size. A
 * partition has a row of its own, such as `orders#p#p0`.
 */
const readSizes = async (session: Session): Promise<ReadonlyMap<string, number>> => {
  const sizes = new Map<string, number>()
  try {
    const rows = await session.query(
      `SELECT database_name AS db, table_name AS tbl,
              (clustered_index_size + sum_of_other_index_sizes) * @@innodb_page_size AS bytes
       FROM mysql.innodb_table_stats`,
    )
    for (const { db, tbl, bytes } of rows) {
      const key = `${db ?? ''}/${(tbl ?? '').replace(/#p#.*$/is, '')}`
      sizes.set(key, (sizes.get(key) ?? 0) + Number(bytes))
    }
  } catch (error) {
    // They only order the work; what is wrong with the table itself its own check tells.
    if (isConnectionLost(error)) throw error
  }
  return sizes
}

/** Unlike what a user gives, a name from the server may hold any character. */
const quoted = (name: string): string => `\`${name.replaceAll('`', '``')}\``
