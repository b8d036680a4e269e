import { describe, expect, it } from 'vitest'
import { parsePreviousGtids } from '../../../src/mysql/previous-gtids.ts'

/** All written by MySQL 9.7.4, without header and checksum. */
const plain =
  '0100000000000000c4eb64cee4fd11f1a84802fc00000001010000000000000001000000000000000c00000000000000'
const tagged =
  '0104000000000001c4eb64cee4fd11f1a84802fc0000000100010000000000000001000000000000000c00000000000000c4eb64cee4fd11f1a84802fc000000010a615f746167010000000000000001000000000000000300000000000000dcd69b6ae4c811f18a0d02fc0000000100010000000000000005000000000000000600000000000000dcd69b6ae4c811f18a0d02fc000000010262010000000000000009000000000000000a00000000000000'

const read = (hex: string) => parsePreviousGtids(Buffer.from(hex, 'hex'))

describe('the GTIDs of earlier binlogs', () => {
  it('are a set, empty in the first binlog', () => {
    expect(read(plain)).toBe('c4eb64ce-e4fd-11f1-a848-02fc00000001:1-11')
    expect(read('0000000000000000')).toBe('')
  })

  it('may have tags, which are written in another way', () => {
    expect(read(tagged)).toBe(
      'c4eb64ce-e4fd-11f1-a848-02fc00000001:1-11:a_tag:1-2,dcd69b6a-e4c8-11f1-8a0d-02fc00000001:5:b:9',
    )
  })

  it('may be followed by a checksum', () => {
    expect(read(`${plain}9ae1eb04`)).toBe(read(plain))
  })

  it('are not understood when bytes are missing, or in a format yet to come', () => {
    for (const hex of [plain, tagged])
      for (const length of [0, 4, 9, 30, hex.length / 2 - 1])
        expect(read(hex.slice(0, 2 * length))).toBeUndefined()
    expect(read('0000000000000002')).toBeUndefined()
  })
})
