import { describe, expect, it } from 'vitest'
import { columnWidths } from '../../../src/mysql/column-width.ts'
import { countRows } from '../../../src/mysql/count-rows.ts'
import { parseRowsEvent, tableIdOf } from '../../../src/mysql/rows-event.ts'
import { parseTableMap } from '../../../src/mysql/table-map-event.ts'

const bytes = (hex: string) => Buffer.from(hex, 'hex')

/** d.t (id INT, x LONGTEXT) and INSERT INTO d.t VALUES (6, 'in'), written by MySQL 9.7.4. */
const tableMap = bytes('57000000000001000164000174000203fc0104020101000203fcff00')
const insert = bytes('5700000000001100020002ff000600000002000000696e')
const row = insert.subarray(12)

const count = (body: Buffer, type = 30) => {
  const columns = parseTableMap(tableMap)?.columns
  const event = parseRowsEvent(type, body)
  return columns === undefined || event === undefined ? undefined : countRows(event, columns)
}

describe('row events', () => {
  it('name their table by a number that the event before them explains', () => {
    expect(parseTableMap(tableMap)).toMatchObject({ tableId: 87, database: 'd', table: 't' })
    expect(tableIdOf(insert)).toBe(87)
    expect(parseTableMap(tableMap.subarray(0, 17))).toBeUndefined()
  })

  it('are counted by stepping from row to row', () => {
    expect(count(insert)).toBe(1)
    expect(count(Buffer.concat([insert, row, row]))).toBe(3)
    const allNull = bytes('03')
    expect(count(Buffer.concat([insert, allNull]))).toBe(2)
  })

  it('have two images of a row in an update', () => {
    const head = Buffer.concat([insert.subarray(0, 12), bytes('ff')])
    expect(count(Buffer.concat([head, row, row, row, row]), 31)).toBe(2)
    expect(count(Buffer.concat([head, row, row, row]), 31)).toBeUndefined()
  })

  it('have a shorter head in the first version', () => {
    const first = Buffer.concat([insert.subarray(0, 8), insert.subarray(10)])
    expect(count(first, 23)).toBe(1)
    expect(parseRowsEvent(25, first)).toMatchObject({ change: 'delete', tableId: 87 })
  })

  it('are not counted when the rows do not end where the event does', () => {
    expect(count(insert.subarray(0, -1))).toBeUndefined()
    expect(count(Buffer.concat([insert, bytes('0001')]))).toBeUndefined()
  })

  it('are not counted with a column of a type that is not known', () => {
    expect(columnWidths(Buffer.from([3, 20]), bytes('0f1400'))).toBeUndefined()
    expect(columnWidths(Buffer.from([15]), bytes('1400ff'))).toBeUndefined()
  })
})
