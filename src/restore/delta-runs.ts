// Reads a .delta file in runs of many pages, for whoever works through all of it.

import { type FileHandle, open } from 'node:fs/promises'
import { ClonectlError } from '../errors.ts'
import { decodeIndexBlock } from '../innodb/delta-segment.ts'

/** Pages that lie one after another in the delta. */
export interface DeltaRun {
  readonly pageNumbers: readonly number[]
  /** The pages themselves, in that order; good until the next run is asked for. */
  readonly bytes: Buffer
}

const RUN_BYTES = 1024 * 1024

/** The pages of a delta in stored order. Throws INTEGRITY when the file is not a whole delta. */
export async function* readDeltaRuns(path: string, pageBytes: number): AsyncGenerator<DeltaRun> {
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    const index = Buffer.alloc(pageBytes)
    const pages = Buffer.alloc(Math.max(RUN_BYTES, pageBytes))
    for (let position = 0; position < size;) {
      await readExactly(file, path, index, position)
      const { pageNumbers, last } = decodeIndexBlock(index, path)
      yield* readSegment(file, path, { pageNumbers, pages, pageBytes, position })
      position += (pageNumbers.length + 1) * pageBytes
      if (last !== position >= size) throw broken(path, 'its last segment is not where it ends')
    }
  } finally {
    await file.close()
  }
}

/** Pages of a run that are neighbours in the tablespace too. */
export interface Neighbours {
  /** Number of the first of them. */
  readonly pageNumber: number
  /** Images of all of them, part of the run's bytes. */
  readonly bytes: Buffer
}

/** Takes a run apart, so that neighbours are read or written at once. */
export function* neighboursIn(
  { pageNumbers, bytes }: DeltaRun,
  pageBytes: number,
): Generator<Neighbours> {
  for (let first = 0; first < pageNumbers.length;) {
    const pageNumber = pageNumbers[first] ?? 0
    let end = first + 1
    while (pageNumbers[end] === pageNumber + end - first) end += 1
    yield { pageNumber, bytes: bytes.subarray(first * pageBytes, end * pageBytes) }
    first = end
  }
}

interface Segment {
  readonly pageNumbers: readonly number[]
  /** Used again and again. */
  readonly pages: Buffer
  readonly pageBytes: number
  readonly position: number
}

async function* readSegment(
  file: FileHandle,
  path: string,
  { pageNumbers, pages, pageBytes, position }: Segment,
): AsyncGenerator<DeltaRun> {
  const atOnce = Math.floor(pages.length / pageBytes)
  for (let first = 0; first < pageNumbers.length; first += atOnce) {
    const some = pageNumbers.slice(first, first + atOnce)
    const bytes = pages.subarray(0, some.length * pageBytes)
    await readExactly(file, path, bytes, position + (first + 1) * pageBytes)
    yield { pageNumbers: some, bytes }
  }
}

const readExactly = async (
  file: FileHandle,
  path: string,
  buffer: Buffer,
  position: number,
): Promise<void> => {
  for (let filled = 0; filled < buffer.length;) {
    const left = buffer.length - filled
    const { bytesRead } = await file.read(buffer, filled, left, position + filled)
    if (bytesRead === 0) throw broken(path, `it ends within a page at ${position + filled}`)
    filled += bytesRead
  }
}

const broken = (path: string, why: string): ClonectlError =>
  new ClonectlError('INTEGRITY', `${path} is not a whole delta: ${why}`, {
    hint: 'the backup is damaged: restore an older one, or from a copy of the repository',
    details: { path },
  })
