// The table that `mysql --batch` writes: a line of names, a line for each row, tabs between, and
// backslash escapes in the values (MySQL manual, "mysql Client Options", --batch).

import { missingColumns } from './history-values.ts'
import type { Complain, WrittenRow } from './written-row.ts'

const escapes: Readonly<Record<string, string>> = { t: '\t', n: '\n', 0: '\0', '\\': '\\' }

/** What the client says on standard error often ends up in the same file. */
const isNoise = (line: string): boolean => line.trim() === '' || line.startsWith('mysql: [')

/** Reads the rows; none from an empty file, for that is how an empty table is written. */
export const readBatchTable = (
  lines: readonly string[],
  complain: Complain,
): readonly WrittenRow[] => {
  const start = lines.findIndex((line) => !isNoise(line) && !/^Empty set\b/.test(line))
  const header = lines[start]
  if (header === undefined) return []
  const names = readNames(header, start + 1, complain)
  return lines.flatMap((text, index) => {
    if (index <= start || isNoise(text)) return []
    const cells = text.split('\t')
    if (cells.length === names.length) return [rowOf(index + 1, names, cells)]
    const problem = `found ${cells.length} values, expected ${names.length} as in the line of names`
    return complain({ line: index + 1, problem })
  })
}

const readNames = (header: string, line: number, complain: Complain): readonly string[] => {
  const names = header.split('\t').map((name) => name.trim().toUpperCase())
  const missing = missingColumns(new Set(names))
  if (missing.length > 0) {
    const shown = JSON.stringify(header.slice(0, 60))
    complain({
      line,
      problem: `found ${shown}, expected the names of the columns with tabs between; missing: ${missing.join(', ')}`,
    })
  }
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined)
    complain({ line, column: twice, problem: 'the column stands there twice' })
  return names
}

const rowOf = (line: number, names: readonly string[], cells: readonly string[]): WrittenRow => ({
  line,
  values: new Map(names.map((name, index) => [name, valueOf(cells[index] ?? '')])),
})

const valueOf = (cell: string): string | null =>
  cell === 'NULL'
    ? null
    : cell
        .replaceAll(/\\(.)/g, (both, letter: string) => escapes[letter] ?? both)
        .replace(/ +$/, '')
