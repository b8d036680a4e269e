// The form of \G: a line of stars for each row, then a line `NAME: value` for each column. Such text
// is copied from terminals, so prompts, `4 rows in set` and lost indents are expected.

import { historyColumns, missingColumns } from './history-values.ts'
import type { Complain, WrittenRow } from './written-row.ts'

const rowMark = /^\s*\*{3,} *\d+\. row *\*{3,}\s*$/
const fieldForm = /^( *)([A-Za-z_]\w*):(.*)$/
const endForm = /^(?:\d+ rows? in set\b|Empty set\b|Query OK\b|\s*->|\S[^:]*>(?: |$))/
const skipForm = /^\s*(?:\.{3,})?\s*$/

/** Columns that are read, and those that the table has besides. */
const knownNames: ReadonlySet<string> = new Set([
  ...historyColumns.keys(),
  'BINLOG_FILE',
  'BINLOG_POSITION',
  'GTID_EXECUTED',
])

/** Values that may go on in the next line. */
const longNames: ReadonlySet<string> = new Set(['ERROR_MESSAGE', 'GTID_EXECUTED'])

/** Whether these are the lines of that form. */
export const isVertical = (lines: readonly string[]): boolean =>
  lines.some((line) => rowMark.test(line))

interface OpenRow {
  readonly line: number
  readonly values: Map<string, string | null>
  /** Where the colons of this row stand: the client aligns them. */
  colon: number | undefined
  last: string | undefined
}

/** Reads the rows. What stands before the first row, and after an end of rows, is passed over. */
export const readVerticalRows = (
  lines: readonly string[],
  complain: Complain,
): readonly WrittenRow[] => {
  const rows: WrittenRow[] = []
  let open: OpenRow | undefined
  for (const [index, line] of lines.entries()) {
    if (rowMark.test(line)) {
      open = { line: index + 1, values: new Map(), colon: undefined, last: undefined }
      rows.push(open)
    } else if (open !== undefined && !skipForm.test(line) && !takeField(open, line)) {
      // A message may hold a line that looks like a prompt, but a row has columns after it.
      if (endForm.test(line) && missingColumns(open.values).length === 0) open = undefined
      else takeMore(open, line, index + 1, complain)
    }
  }
  return rows
}

/** Takes a line that begins a column's value; false when it is none. */
const takeField = (row: OpenRow, line: string): boolean => {
  const [, indent = '', written = '', rest = ''] = fieldForm.exec(line) ?? []
  const name = written.toUpperCase()
  const colon = indent.length + written.length
  const isKnown = knownNames.has(name) && !row.values.has(name)
  const isAligned = written !== '' && colon === row.colon && !row.values.has(name)
  if (!isKnown && !isAligned) return false
  row.colon ??= colon
  row.values.set(name, valueOf(rest))
  row.last = name
  return true
}

const valueOf = (rest: string): string | null => {
  const value = rest.replace(/^ /, '').trimEnd()
  return value === 'NULL' ? null : value
}

/** An error message may have several lines, and any of them may look like something else. */
const takeMore = (row: OpenRow, text: string, line: number, complain: Complain): void => {
  const { last } = row
  if (last === undefined || !longNames.has(last)) {
    const shown = JSON.stringify(text.slice(0, 60))
    complain({ line, problem: `found ${shown}, expected a line "COLUMN: value"` })
    return
  }
  row.values.set(last, `${row.values.get(last) ?? ''}\n${text.trimEnd()}`)
}
