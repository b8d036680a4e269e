// One short fingerprint per page, kept from a backup so that the next one can tell which pages
// changed. This is the hot loop of an increment: every page of every file goes through it.

import { hash } from 'node:crypto'
import { isZeroPage } from './page.ts'

/** Bytes of a page's fingerprint; at 128 bits two pages do not collide by chance. */
export const PAGE_HASH_BYTES = 16

/** Fingerprint of a page of zeros. */
export const ZERO_PAGE_HASH: Buffer = Buffer.alloc(PAGE_HASH_BYTES)

/**
 * Fingerprint of a page: the first 16 bytes of its SHA-256. A page of zeros has a fingerprint of
 * zeros instead: it is recognised without hashing, and half of a fresh file's map compresses away.
 * The result is the caller's own, except for a zero page, whose hash is shared and must not be
 * written to.
 */
export const hashPage = (page: Buffer): Buffer =>
  isZeroPage(page) ? ZERO_PAGE_HASH : hash('sha256', page, 'buffer').subarray(0, PAGE_HASH_BYTES)
