// The bytes are bodies of events that MySQL 9.7.4 wrote; what they say was read with mysqlbinlog.
import { describe, expect, it } from 'vitest'
import { parseGtidEvent } from '../../../src/mysql/gtid-event.ts'

const body = (hex: string) => Buffer.from(hex.replaceAll(/\s/gu, ''), 'hex')

const plain = body(`
  00 dcd69b6ae4c811f18a0d02fc00000001 2100000000000000 02 0c00000000000000 0e00000000000000
  d4324f6db26006 fc1501 50620100 d8bccacd`)

const committedElsewhere = body(`
  00 dcd69b6ae4c811f18a0d02fc00000001 2200000000000000 02 0c00000000000000 0f00000000000000
  6f354f6db26086 40222018240a06 fc1d01 50620100 1f7dc128`)

const tagged = body(`
  02 7600 0002 02 7103 5903 6d02 d491 0321 0322 c503 2902 1a04 f103 0000 0002 0408 060a 6d79746167
  0830 0a40 0c7f79374f6db26006 10650412 83120b6f761d0b`)

describe('parseGtidEvent', () => {
  it('reads GTID, commit time and length of the transaction', () => {
    expect(parseGtidEvent(33, plain)).toEqual({
      gtid: 'dcd69b6a-e4c8-11f1-8a0d-02fc00000001:33',
      commitTimeMicros: 1795169314616020n,
      transactionBytes: 277,
    })
  })

  it('takes the time of the commit here, not on the server it came from', () => {
    expect(parseGtidEvent(33, committedElsewhere)).toEqual({
      gtid: 'dcd69b6a-e4c8-11f1-8a0d-02fc00000001:34',
      commitTimeMicros: 1795169314616687n,
      transactionBytes: 285,
    })
  })

  it('reads a GTID with a tag', () => {
    expect(parseGtidEvent(42, tagged)).toEqual({
      gtid: 'dcd69b6a-e4c8-11f1-8a0d-02fc00000001:mytag:2',
      commitTimeMicros: 1795169314617209n,
      transactionBytes: 281,
    })
  })

  it('gives an anonymous transaction no GTID', () => {
    expect(parseGtidEvent(34, plain)).toEqual({
      gtid: undefined,
      commitTimeMicros: 1795169314616020n,
      transactionBytes: 277,
    })
  })

  it('has no commit time for a log of MySQL 5.7, which ends before it', () => {
    expect(parseGtidEvent(33, plain.subarray(0, 42))).toEqual({
      gtid: 'dcd69b6a-e4c8-11f1-8a0d-02fc00000001:33',
      commitTimeMicros: undefined,
    })
  })

  it('says nothing of other types, other layouts and bodies that are cut off', () => {
    expect(parseGtidEvent(2, plain)).toBeUndefined()
    expect(parseGtidEvent(33, plain.subarray(0, 20))).toBeUndefined()
    expect(parseGtidEvent(42, body('04 7600'))).toBeUndefined()
    expect(parseGtidEvent(42, tagged.subarray(0, 8))).toBeUndefined()
    expect(parseGtidEvent(42, Buffer.alloc(0))).toBeUndefined()
  })

  it('falls back to the header for a tagged event that ends before the commit time', () => {
    expect(parseGtidEvent(42, tagged.subarray(0, tagged.indexOf('mytag') + 5))).toEqual({
      gtid: 'dcd69b6a-e4c8-11f1-8a0d-02fc00000001:mytag:2',
      commitTimeMicros: undefined,
    })
  })
})
