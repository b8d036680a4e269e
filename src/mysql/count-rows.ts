// Counts the rows of an event by stepping over their values. A wrong step would not come out at the
// very end of the event, so a count is given only when the last one does.
import type { ColumnWidth } from './column-width.ts'
import type { RowsEvent } from './rows-event.ts'

const bitAt = (bits: Buffer, index: number): boolean =>
  (((bits[index >> 3] ?? 0) >> (index & 7)) & 1) === 1

/** The columns an image has, in their order. */
const columnsIn = (image: Buffer, columns: readonly ColumnWidth[]): readonly ColumnWidth[] =>
  columns.filter((_, index) => bitAt(image, index))

const endOfValue = (rows: Buffer, place: number, { fixedBytes, lengthBytes }: ColumnWidth) => {
  if (lengthBytes === 0) return place + fixedBytes
  const begin = place + lengthBytes
  return begin > rows.length ? Infinity : begin + rows.readUIntLE(place, lengthBytes)
}

/** A bit for each value that is NULL, then the others; Infinity when the bytes end before it. */
const endOfImage = (rows: Buffer, place: number, columns: readonly ColumnWidth[]): number => {
  const nullBytes = (columns.length + 7) >> 3
  const nulls = rows.subarray(place, place + nullBytes)
  let end = place + nullBytes
  for (const [index, column] of columns.entries()) {
    if (end > rows.length) return Infinity
    if (!bitAt(nulls, index)) end = endOfValue(rows, end, column)
  }
  return end
}

/** In front of the row after a partial update: whether any JSON is partial, then a bit for each. */
const endOfOptions = (rows: Buffer, place: number, columns: readonly ColumnWidth[]): number => {
  if (rows[place] !== 1) return place + 1
  const documents = columns.filter(({ isJson }) => isJson).length
  return place + 1 + ((documents + 7) >> 3)
}

/** Undefined when the rows do not come out where the event ends. */
export const countRows = (
  { images, isPartial, columnCount, rows }: RowsEvent,
  columns: readonly ColumnWidth[],
): number | undefined => {
  if (columnCount !== columns.length) return undefined
  const present = images.map((image) => columnsIn(image, columns))
  let place = 0
  let count = 0
  while (place < rows.length) {
    const begin = place
    for (const [index, image] of present.entries()) {
      if (isPartial && index === 1) place = endOfOptions(rows, place, columns)
      place = endOfImage(rows, place, image)
    }
    if (place > rows.length || place === begin) return undefined
    count += 1
  }
  return count
}
