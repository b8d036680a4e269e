// Counts what the checksums of many pages say, and keeps what is wrong.

import {
  judgePage,
  type PageFault,
  type PageVerdict,
  type UncheckedReason,
} from './page-checksum.ts'

/** A page that is not what the server wrote. */
export interface FaultyPage extends PageFault {
  /** Where it lies in the content of the file, in bytes. */
  readonly offset: number
  readonly pageNumber: number
}

export interface PageFindings {
  /** Pages whose checksum is right. */
  readonly sound: number
  /** Pages of zeros. */
  readonly empty: number
  /** Pages that cannot be checked, by the reason. */
  readonly unchecked: Readonly<Record<UncheckedReason, number>>
  /** How many are wrong. */
  readonly faulty: number
  /** The first 10,000 of them. */
  readonly faults: readonly FaultyPage[]
}

export interface PageTally {
  look(page: Buffer, place: Pick<FaultyPage, 'offset' | 'pageNumber'>): void
  findings(): PageFindings
}

const MAX_FAULTS = 10_000

const count = (verdict: PageVerdict, counts: Record<string, number>): void => {
  const key = typeof verdict === 'string' ? verdict : 'faulty'
  counts[key] = (counts[key] ?? 0) + 1
}

/** A tally of pages; `zip` says whether they are those of a table with ROW_FORMAT=COMPRESSED. */
export const createPageTally = (zip: boolean): PageTally => {
  const counts: Record<string, number> = {}
  const faults: FaultyPage[] = []
  const of = (key: PageVerdict & string): number => counts[key] ?? 0
  return {
    look(page, place) {
      const verdict = judgePage(page, zip)
      count(verdict, counts)
      if (typeof verdict === 'string' || faults.length === MAX_FAULTS) return
      faults.push({ ...place, ...verdict })
    },
    findings: () => ({
      sound: of('sound'),
      empty: of('empty'),
      unchecked: {
        encrypted: of('encrypted'),
        noChecksum: of('noChecksum'),
        unknownCompression: of('unknownCompression'),
      },
      faulty: counts['faulty'] ?? 0,
      faults,
    }),
  }
}
