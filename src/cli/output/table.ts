// Tables of text. The only file that knows the package `table`.

import { table } from 'table'

export interface Column {
  readonly title: string
  readonly align?: 'left' | 'right'
}

/** Columns two spaces apart under their titles, without rules; ends with a line feed. */
export const formatTable = (
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): string =>
  trimLines(
    table([columns.map(({ title }) => title), ...rows.map((row) => [...row])], {
      border: { bodyJoin: '' },
      columnDefault: { paddingLeft: 0, paddingRight: 2 },
      columns: columns.map(({ align }) => ({ alignment: align ?? 'left' })),
      drawHorizontalLine: () => false,
      drawVerticalLine: () => false,
    }),
  )

const trimLines = (text: string): string => text.replaceAll(/ +$/gm, '')
