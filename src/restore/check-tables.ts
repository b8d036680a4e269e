// Looks at the tables of a restored server: CHECK TABLE for their trees, CHECKSUM TABLE for their rows.

import { ClonectlError } from '../errors.ts'
import { isConnectionLost } from '../mysql/server-errno.ts'
import type { Row, Session } from '../mysql/session.ts'
import type { TableResult } from '../repository/drill-file.ts'
import { mapLimit } from '../system/map-limit.ts'
import type { DrillTable } from './drill-tables.ts'

/** What InnoDB does at which level: see `ha_innobase::check` (ha_innodb.cc). */
export const checkLevels = ['quick', 'medium', 'extended'] as const
export type CheckLevel = (typeof checkLevels)[number]

export interface TableChecks {
  /** One connection works on one table at a time. */
  readonly sessions: readonly Session[]
  readonly tables: readonly DrillTable[]
  readonly level: CheckLevel | undefined
  readonly monotonicMs: () => number
  readonly onBegin: (table: DrillTable) => void
  /** `problem` says what is wrong with the table. */
  readonly onResult: (table: DrillTable, result: TableResult, problem: string | undefined) => void
}

/** Checks every table. Throws SERVER only when the connection is lost. */
export const checkTables = async (checks: TableChecks): Promise<void> => {
  const idle = [...checks.sessions]
  await mapLimit(checks.tables, checks.sessions.length, async (table) => {
    const session = idle.pop()
    if (session === undefined) throw new Error('more tables at once than sessions')
    await lookAt(session, table, checks)
    idle.push(session)
  })
}

const lookAt = async (session: Session, table: DrillTable, checks: TableChecks): Promise<void> => {
  const { level, monotonicMs, onBegin, onResult } = checks
  const began = monotonicMs()
  onBegin(table)
  const check = level === undefined ? unchecked : await checkTable(session, table, level)
  // Reading all rows of a table that is known to be damaged can end the server.
  const wantsSum = !table.system && check.state !== 'failed'
  const sum = wantsSum ? await checksumTable(session, table) : unsummed
  const messages = [...check.messages, ...sum.messages]
  const isSound = check.state !== 'failed' && (!wantsSum || sum.checksum !== null)
  const result: TableResult = {
    name: table.name,
    check: check.state,
    checksum: sum.checksum,
    messages,
    durationMs: Math.round(monotonicMs() - began),
  }
  onResult(table, result, isSound ? undefined : messages.join('; '))
}

interface Check {
  readonly state: TableResult['check']
  readonly messages: readonly string[]
}

const unchecked: Check = { state: null, messages: [] }

const checkTable = async (
  session: Session,
  { quoted }: DrillTable,
  level: CheckLevel,
): Promise<Check> => {
  const answer = await ask(session, `CHECK TABLE ${quoted} ${level.toUpperCase()}`)
  if ('refused' in answer) return { state: 'failed', messages: [answer.refused] }
  const rows = answer.rows.map(messageOf)
  const last = rows.at(-1)
  const sound =
    last?.type === 'status' &&
    /^(?:OK|Table is already up to date)$/.test(last.text) &&
    rows.every(({ type }) => type !== 'error')
  const told = sound ? rows.slice(0, -1) : rows
  const messages = told.map(({ type, text }) => `${type}: ${text}`)
  if (sound) return { state: 'ok', messages }
  return { state: 'failed', messages: rows.length > 0 ? messages : ['CHECK TABLE says nothing'] }
}

/** A row of CHECK TABLE: Table, Op, Msg_type, Msg_text. */
const messageOf = (row: Row): { readonly type: string; readonly text: string } => ({
  type: row['Msg_type']?.toLowerCase() ?? '',
  text: row['Msg_text'] ?? '',
})

interface Checksum {
  readonly checksum: string | null
  readonly messages: readonly string[]
}

const unsummed: Checksum = { checksum: null, messages: [] }

/** It is NULL, with the reason as a warning, for a table that cannot be read. */
const checksumTable = async (session: Session, { quoted }: DrillTable): Promise<Checksum> => {
  const answer = await ask(session, `CHECKSUM TABLE ${quoted}`)
  if ('refused' in answer) return { checksum: null, messages: [answer.refused] }
  const checksum = answer.rows[0]?.['Checksum'] ?? null
  if (checksum !== null) return { checksum, messages: [] }
  const warnings = await session.query('SHOW WARNINGS')
  const reasons = warnings.flatMap((row) => row['Message'] ?? [])
  return { checksum, messages: reasons.length > 0 ? reasons : ['CHECKSUM TABLE says nothing'] }
}

type Answer = { readonly rows: readonly Row[] } | { readonly refused: string }

/** What the server says against one table concerns that table only. */
const ask = async (session: Session, sql: string): Promise<Answer> => {
  try {
    return { rows: await session.query(sql) }
  } catch (error) {
    if (isConnectionLost(error) || !(error instanceof ClonectlError)) throw error
    return { refused: error.message }
  }
}
