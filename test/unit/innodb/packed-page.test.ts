import { deflateSync } from 'node:zlib'
import { compressSync } from 'lz4-napi'
import { describe, expect, it } from 'vitest'
import { isPackedPage, unpackPage } from '../../../src/innodb/packed-page.ts'
import { pageOf } from '../../fakes/tablespace.ts'

const P = 4096
const original = pageOf(P, 7, 3, 9)
const body = original.subarray(38)

const pack = (algorithm: number, packed: Buffer): Buffer => {
  const page = Buffer.concat([original.subarray(0, 38), packed], P)
  page.writeUInt16BE(14, 24)
  page.writeUInt8(1, 26)
  page.writeUInt8(algorithm, 27)
  page.writeUInt16BE(17_855, 28)
  page.writeUInt16BE(body.length, 30)
  page.writeUInt16BE(packed.length, 32)
  return page
}

/** The fields of page compression stay in the header, where no checksum looks. */
const withoutControl = (page: Buffer): Buffer => Buffer.from(page).fill(0, 26, 34)

describe('a packed page', () => {
  it.each([
    ['zlib', 1, deflateSync(body)],
    ['lz4', 2, compressSync(body).subarray(4)],
  ])('is unpacked: %s', (_, algorithm, packed) => {
    const page = pack(algorithm, packed)
    expect(isPackedPage(page)).toBe(true)
    const unpacked = unpackPage(page)
    expect(typeof unpacked).not.toBe('string')
    expect(withoutControl(unpacked as Buffer)).toEqual(original)
  })

  it.each([
    ['damaged bytes', () => pack(1, deflateSync(body).fill(7, 5, 9))],
    ['more content than a page', () => pack(1, deflateSync(Buffer.alloc(P)))],
    ['a size beyond the page', () => Buffer.from(pack(1, deflateSync(body))).fill(0xff, 32, 34)],
    ['another original size', () => Buffer.from(pack(1, deflateSync(body))).fill(0x01, 30, 32)],
  ])('is damaged when it has %s', (_, page) => {
    expect(unpackPage(page())).toBe('damaged')
  })

  it('is left alone when nobody knows how it was packed', () => {
    expect(unpackPage(pack(3, Buffer.alloc(10)))).toBe('unknown')
    expect(isPackedPage(original)).toBe(false)
  })
})
