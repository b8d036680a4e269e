import { describe, expect, it } from 'vitest'
import { lastLsnInBlocks } from '../../../src/innodb/redo-end.ts'

const B = 512
const start = 45262848n

/** Log blocks from `lsn` on, each filled to the given number of bytes. */
const makeBlocks = (lsn: bigint, fills: readonly number[]): Buffer =>
  Buffer.concat(
    fills.map((fill, i) => {
      const block = Buffer.alloc(B, 0xee)
      block.writeUInt32BE(1 + Number(((lsn + BigInt(i * B)) / 512n) & 0x3fffffffn), 0)
      block.writeUInt16BE(fill, 4)
      return block
    }),
  )

describe('lastLsnInBlocks', () => {
  it('ends in the first block that is not full', () => {
    const blocks = makeBlocks(start, [B, B, 100, B])
    expect(lastLsnInBlocks(blocks, start)).toEqual({ lsn: start + 1124n, ended: true })
  })

  it('says that more may follow when every block is full', () => {
    const blocks = makeBlocks(start, [B, B])
    expect(lastLsnInBlocks(blocks, start)).toEqual({ lsn: start + 1024n, ended: false })
  })

  it('can be walked in chunks', () => {
    const first = lastLsnInBlocks(makeBlocks(start, [B, B, B]), start)
    const second = lastLsnInBlocks(makeBlocks(first.lsn, [B, 30]), first.lsn)
    expect(second).toEqual({ lsn: start + BigInt(4 * B + 30), ended: true })
  })

  it('ends before zeros, which a file is filled up with', () => {
    const blocks = Buffer.concat([makeBlocks(start, [B, B]), Buffer.alloc(4 * B)])
    expect(lastLsnInBlocks(blocks, start)).toEqual({ lsn: start + 1024n, ended: true })
  })

  it('ends before blocks left over from an earlier round of the log', () => {
    const blocks = Buffer.concat([makeBlocks(start, [B]), makeBlocks(start - 51200n, [B, B])])
    expect(lastLsnInBlocks(blocks, start)).toEqual({ lsn: start + 512n, ended: true })
  })

  it('finds nothing in no blocks, and ignores a part of a block', () => {
    expect(lastLsnInBlocks(Buffer.alloc(0), start)).toEqual({ lsn: start, ended: false })
    const torn = makeBlocks(start, [B, B]).subarray(0, 1000)
    expect(lastLsnInBlocks(torn, start)).toEqual({ lsn: start + 512n, ended: false })
  })

  it('ends before a block whose length cannot be', () => {
    expect(lastLsnInBlocks(makeBlocks(start, [B, 11]), start).lsn).toBe(start + 512n)
    expect(lastLsnInBlocks(makeBlocks(start, [B, 513]), start).lsn).toBe(start + 512n)
  })

  it('looks past the flush bit of the number and the encryption bit of the length', () => {
    const blocks = makeBlocks(start, [B | 0x8000, 40 | 0x8000])
    blocks.writeUInt32BE((blocks.readUInt32BE(0) | 0x80000000) >>> 0, 0)
    expect(lastLsnInBlocks(blocks, start)).toEqual({ lsn: start + 552n, ended: true })
  })

  it('follows the block number where it wraps around', () => {
    const wrap = 0x40000000n * 512n - 512n
    const blocks = makeBlocks(wrap, [B, B, 12])
    expect(blocks.readUInt32BE(0)).toBe(0x40000000)
    expect(blocks.readUInt32BE(B)).toBe(1)
    expect(lastLsnInBlocks(blocks, wrap)).toEqual({ lsn: wrap + 1036n, ended: true })
  })
})
