// Reads an exported mysql.clone_history: the table of `mysql --batch`, or the form of \G. What comes
// out are rows as a session in UTC would send them, so that both are understood by the same code.

import { ClonectlError } from '../errors.ts'
import type { Row } from '../mysql/session.ts'
import { readBatchTable } from './history-batch.ts'
import { historyColumns, missingColumns, readHistoryValue } from './history-values.ts'
import { isVertical, readVerticalRows } from './history-vertical.ts'
import type { Complain, WrittenRow } from './written-row.ts'

/**
 * Reads the file's text; `name` is what errors call it. The file does not say in which zone its
 * times are: they are taken as `offsetMinutes` ahead of UTC. Throws CONFIG naming line and column.
 */
export const parseHistoryText = (text: string, name: string, offsetMinutes = 0): readonly Row[] => {
  const complain = complainOf(name)
  const lines = text.replace(/^\u{feff}/u, '').split(/\r?\n/)
  const written = isVertical(lines)
    ? readVerticalRows(lines, complain)
    : readBatchTable(lines, complain)
  requireDistinct(written, complain)
  return written.map((row) => checkRow(row, offsetMinutes, complain))
}

const complainOf =
  (name: string): Complain =>
  ({ line, column, problem }) => {
    const place = `${name}, line ${line}${column === undefined ? '' : `, column ${column}`}`
    throw new ClonectlError('CONFIG', `${place}: ${problem}`, {
      hint: String.raw`write it with: mysql --batch -e 'SELECT * FROM mysql.clone_history' > FILE (or the form of \G)`,
      details: { field: 'history', source: name, line, column, reason: problem },
    })
  }

/** Two rows of one id are two servers, or a table that was emptied: their LSNs do not compare. */
const requireDistinct = (rows: readonly WrittenRow[], complain: Complain): void => {
  const lines = new Map<string, number>()
  for (const { line, values } of rows) {
    const id = values.get('ID') ?? ''
    const before = lines.get(id)
    if (before !== undefined)
      complain({ line, column: 'ID', problem: `${id} stands in line ${before}, too` })
    lines.set(id, line)
  }
}

const checkRow = ({ line, values }: WrittenRow, offsetMinutes: number, complain: Complain): Row => {
  const missing = missingColumns(values)
  if (missing.length > 0) complain({ line, problem: `the row lacks ${missing.join(', ')}` })
  const row: Record<string, string | null> = {}
  for (const [column, { kind }] of historyColumns) {
    const text = values.get(column) ?? null
    const read = readHistoryValue(kind, text, offsetMinutes)
    if (!read.ok)
      return complain({
        line,
        column,
        problem: `found ${text === null ? 'NULL' : JSON.stringify(text)}, expected ${read.expected}`,
      })
    row[column] = read.value
  }
  return row
}
