// Writes a GreatSQL .delta file page by page. Pages go to their place at once and the index block
// of a segment follows when the segment is full, so that memory stays at one list of page numbers.

import { type FileHandle, open } from 'node:fs/promises'
import { encodeIndexBlock, segmentCapacity } from '../innodb/delta-segment.ts'
import { writeWhole } from '../system/write-whole.ts'

export interface DeltaWriter extends AsyncDisposable {
  /** Appends one page, which is as long as the pages of this delta are. */
  add(pageNumber: number, page: Uint8Array): Promise<void>
  /** Ends the last segment, makes the file durable; returns how many pages it holds. */
  finish(): Promise<number>
}

/** Begins the delta at `path`, which must not exist. A delta without pages is an empty file. */
export const createDelta = async (path: string, pageBytes: number): Promise<DeltaWriter> =>
  deltaWriter(await open(path, 'wx', 0o640), pageBytes)

const deltaWriter = (file: FileHandle, pageBytes: number): DeltaWriter => {
  const capacity = segmentCapacity(pageBytes)
  let segmentStart = 0
  let segment: number[] = []
  let pages = 0

  const endSegment = async (last: boolean): Promise<void> => {
    const index = encodeIndexBlock(segment, pageBytes, last)
    await writeWhole(file, index, segmentStart)
    segmentStart += (segment.length + 1) * pageBytes
    segment = []
  }

  return {
    async add(pageNumber, page) {
      // Only now is it known that another segment follows the full one.
      if (segment.length === capacity) await endSegment(false)
      segment.push(pageNumber)
      pages += 1
      await writeWhole(file, page, segmentStart + segment.length * pageBytes)
    },
    async finish() {
      if (segment.length > 0) await endSegment(true)
      await file.sync()
      return pages
    },
    [Symbol.asyncDispose]: () => file.close(),
  }
}
