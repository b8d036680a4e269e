// Pages whose checksums are right.

import { pageChecksum } from '../../src/innodb/page-checksum.ts'
import { pageOf } from './tablespace.ts'

/** Bytes of a page. */
export const P = 4096

/** A page as the server writes it, with LSN and checksum at both ends; zeros for 0. */
export const soundPage = (spaceId: number, number: number, value: number): Buffer => {
  if (value === 0) return Buffer.alloc(P)
  const page = pageOf(P, spaceId, number, value)
  page.writeUInt32BE(value, P / 2)
  page.writeUInt32BE(4711, 20)
  page.writeUInt32BE(4711, P - 4)
  page.writeUInt32BE(pageChecksum(page), 0)
  page.writeUInt32BE(pageChecksum(page), P - 8)
  return page
}
