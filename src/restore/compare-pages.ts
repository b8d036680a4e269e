// Proves that a tablespace holds what a delta holds, page by page, whoever wrote it there.

import { type FileHandle, open } from 'node:fs/promises'
import { isZeroPage } from '../innodb/page.ts'
import { holeBegin } from '../innodb/punched-page.ts'
import { type Neighbours, neighboursIn, readDeltaRuns } from './delta-runs.ts'

export interface CompareJob {
  /** Absolute path of the .delta file; undefined when it holds no pages to compare. */
  readonly delta: string | undefined
  readonly pageBytes: number
  /** Absolute path of the tablespace file. */
  readonly target: string
}

export interface Comparison {
  readonly pages: number
  /** Numbers of pages that are not what the delta holds, at most as many as are worth telling. */
  readonly differing: readonly number[]
}

/** More than that, and nobody needs to know which. */
const DIFFERING_AT_MOST = 10_000

/**
 * Compares, and makes the file durable, since whoever wrote it may not have done so. Throws
 * INTEGRITY when the delta is not whole.
 */
export const comparePages = async (job: CompareJob): Promise<Comparison> => {
  const file = await open(job.target, 'r')
  try {
    const compared = await compareAll(file, job)
    await file.sync()
    return compared
  } finally {
    await file.close()
  }
}

const compareAll = async (
  file: FileHandle,
  { delta, pageBytes }: CompareJob,
): Promise<Comparison> => {
  if (delta === undefined) return { pages: 0, differing: [] }
  const { blksize } = await file.stat()
  const differing = new Set<number>()
  let pages = 0
  for await (const run of readDeltaRuns(delta, pageBytes)) {
    for (const neighbours of neighboursIn(run, pageBytes)) {
      await compareNeighbours(file, neighbours, { pageBytes, blockBytes: blksize, differing })
    }
    pages += run.pageNumbers.length
    if (differing.size >= DIFFERING_AT_MOST) break
  }
  return { pages, differing: [...differing] }
}

interface Comparing {
  readonly pageBytes: number
  readonly blockBytes: number
  /** Of a page that comes twice the later one stays, and decides. */
  readonly differing: Set<number>
}

const compareNeighbours = async (
  file: FileHandle,
  { pageNumber, bytes }: Neighbours,
  { pageBytes, blockBytes, differing }: Comparing,
): Promise<void> => {
  const found = Buffer.alloc(bytes.length)
  const filled = await readUpTo(file, found, pageNumber * pageBytes)
  for (let at = 0; at < bytes.length; at += pageBytes) {
    const end = at + pageBytes
    const same =
      end <= filled && isSamePage(bytes.subarray(at, end), found.subarray(at, end), blockBytes)
    if (same) differing.delete(pageNumber + at / pageBytes)
    else differing.add(pageNumber + at / pageBytes)
  }
}

/** Returns how many bytes there were. */
const readUpTo = async (file: FileHandle, buffer: Buffer, position: number): Promise<number> => {
  for (let filled = 0; filled < buffer.length;) {
    const left = buffer.length - filled
    const { bytesRead } = await file.read(buffer, filled, left, position + filled)
    if (bytesRead === 0) return filled
    filled += bytesRead
  }
  return buffer.length
}

/** A page with a hole may have come without it, from a file system that knows no holes. */
const isSamePage = (page: Buffer, found: Buffer, blockBytes: number): boolean => {
  if (found.equals(page)) return true
  const hole = holeBegin(page, blockBytes)
  if (hole === page.length) return false
  return found.subarray(0, hole).equals(page.subarray(0, hole)) && isZeroPage(found.subarray(hole))
}
