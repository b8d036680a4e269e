// Looks at every page of a tablespace file while its bytes pass by.

import { createPageTally, type PageFindings, type PageTally } from './page-findings.ts'
import { parseHeaderEvenIfNew, TABLESPACE_HEADER_BYTES } from './tablespace-header.ts'

export interface TablespaceCheck {
  /** Takes the next bytes, as many as there are. */
  feed(bytes: Buffer): void
  end(): TablespaceFindings
}

export interface TablespaceFindings extends PageFindings {
  /** Bytes behind the last whole page; 0 in a file that is whole. */
  readonly restBytes: number
}

/**
 * A check of one file. Its first page says how large the pages are; where that cannot be read, as in
 * the second file of a system tablespace, they have `pageBytes` (innodb_page_size).
 */
export const createTablespaceCheck = (pageBytes: number): TablespaceCheck => {
  let size = 0
  let tally: PageTally | undefined
  let held = Buffer.alloc(0)
  let offset = 0

  const begin = (first: Buffer): PageTally => {
    const header = parseHeaderEvenIfNew(first)
    size = header?.physicalPageSize ?? pageBytes
    return createPageTally(header !== undefined && header.zipPageSize > 0)
  }

  const take = (bytes: Buffer): Buffer => {
    if (tally === undefined && bytes.length < TABLESPACE_HEADER_BYTES) return bytes
    tally ??= begin(bytes)
    const whole = bytes.length - (bytes.length % size)
    for (let at = 0; at < whole; at += size) {
      const place = { offset, pageNumber: offset / size }
      tally.look(bytes.subarray(at, at + size), place)
      offset += size
    }
    return bytes.subarray(whole)
  }

  return {
    feed(bytes) {
      // Only the page that lies across two buffers is copied; the first one tells its size.
      const missing = held.length === 0 ? 0 : size === 0 ? bytes.length : size - held.length
      const across = take(Buffer.concat([held, bytes.subarray(0, missing)]))
      const rest = bytes.subarray(missing)
      held = Buffer.from(rest.length === 0 ? across : take(rest))
    },
    end: () => ({
      ...(tally ?? createPageTally(false)).findings(),
      restBytes: held.length,
    }),
  }
}
