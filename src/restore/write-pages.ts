// Writes the pages of a delta into the file of their tablespace.

import { open } from 'node:fs/promises'
import { holeBegin } from '../innodb/punched-page.ts'
import { writeWhole } from '../system/write-whole.ts'
import { neighboursIn, readDeltaRuns } from './delta-runs.ts'

export interface WriteJob {
  /** Absolute path of the .delta file. */
  readonly delta: string
  readonly pageBytes: number
  /** Absolute path of the tablespace file, which exists. */
  readonly target: string
}

/**
 * Writes each page at its number; of a page that comes twice the later one stays. Makes the file
 * durable, and returns how many pages were written. Throws INTEGRITY for a delta that is not whole.
 */
export const writePages = async ({ delta, pageBytes, target }: WriteJob): Promise<number> => {
  const file = await open(target, 'r+')
  try {
    const { blksize } = await file.stat()
    let pages = 0
    for await (const run of readDeltaRuns(delta, pageBytes)) {
      clearHoles(run.bytes, pageBytes, blksize)
      for (const { pageNumber, bytes } of neighboursIn(run, pageBytes))
        await writeWhole(file, bytes, pageNumber * pageBytes)
      pages += run.pageNumbers.length
    }
    await file.sync()
    return pages
  } finally {
    await file.close()
  }
}

/** What the server makes a hole of reads as zeros. */
const clearHoles = (pages: Buffer, pageBytes: number, blockBytes: number): void => {
  for (let at = 0; at < pages.length; at += pageBytes) {
    const page = pages.subarray(at, at + pageBytes)
    page.fill(0, holeBegin(page, blockBytes))
  }
}
