// Makes one .delta of those that several tasks of the server wrote for one tablespace. mysqld would
// apply them one by one, and when it prepares a full it deletes the .meta after the first, so that
// the pages of the others are lost without a word (arch0apply.cc).

import { type FileHandle, open } from 'node:fs/promises'
import { encodeIndexBlock, segmentCapacity } from '../innodb/delta-segment.ts'
import { pageLsn } from '../innodb/page.ts'
import { writeWhole } from '../system/write-whole.ts'
import { type DeltaPage, readDelta } from './delta-reader.ts'
import { createPageSet } from './page-set.ts'

export interface MergeRequest {
  /** Absolute paths of whole deltas with pages in them. */
  readonly parts: readonly string[]
  /** Absolute path to make; it must not exist. */
  readonly destination: string
  readonly pageBytes: number
  /** One more than the highest page number of all parts. */
  readonly endPage: number
}

/** Makes the file durable; returns how many pages it holds. Of a page that several parts hold the newest stays. */
export const mergeDeltas = async (request: MergeRequest): Promise<number> => {
  const survey = await surveyParts(request)
  const newest = await newestOf(request, survey.repeated)
  const pages = survey.pages - survey.repetitions
  const file = await open(request.destination, 'wx', 0o640)
  try {
    await writeSegments(file, request, chosenPages(request, survey.repeated, newest), pages)
    await file.sync()
  } finally {
    await file.close()
  }
  return pages
}

interface Survey {
  readonly pages: number
  /** Numbers of pages that come more than once. */
  readonly repeated: ReadonlySet<number>
  /** How often any page comes once more. */
  readonly repetitions: number
}

interface PlacedPage extends DeltaPage {
  /** Names the page among those of all parts. */
  readonly place: string
}

async function* allPages({ parts, pageBytes }: MergeRequest): AsyncGenerator<PlacedPage> {
  for (const part of parts) {
    let ordinal = 0
    for await (const page of readDelta(part, pageBytes)) {
      yield { ...page, place: `${part}:${ordinal}` }
      ordinal += 1
    }
  }
}

const surveyParts = async (request: MergeRequest): Promise<Survey> => {
  const seen = createPageSet(request.endPage)
  const repeated = new Set<number>()
  let pages = 0
  let repetitions = 0
  for await (const { pageNumber } of allPages(request)) {
    pages += 1
    if (seen.has(pageNumber)) {
      repeated.add(pageNumber)
      repetitions += 1
    }
    seen.add(pageNumber)
  }
  return { pages, repeated, repetitions }
}

/** Of each repeated page the place where it was changed last. */
const newestOf = async (
  request: MergeRequest,
  repeated: ReadonlySet<number>,
): Promise<ReadonlySet<string>> => {
  const newest = new Map<number, { readonly lsn: bigint; readonly place: string }>()
  if (repeated.size === 0) return new Set()
  const image = Buffer.alloc(request.pageBytes)
  for await (const page of allPages(request)) {
    const { pageNumber, place } = page
    if (!repeated.has(pageNumber)) continue
    await page.readInto(image)
    const lsn = pageLsn(image)
    const known = newest.get(pageNumber)
    if (known === undefined || lsn > known.lsn) newest.set(pageNumber, { lsn, place })
  }
  return new Set([...newest.values()].map(({ place }) => place))
}

async function* chosenPages(
  request: MergeRequest,
  repeated: ReadonlySet<number>,
  newest: ReadonlySet<string>,
): AsyncGenerator<DeltaPage> {
  for await (const page of allPages(request)) {
    if (!repeated.has(page.pageNumber) || newest.has(page.place)) yield page
  }
}

/** Every segment but the last is full, and the index of each lists what follows it. */
const writeSegments = async (
  file: FileHandle,
  { pageBytes }: MergeRequest,
  chosen: AsyncGenerator<DeltaPage>,
  pages: number,
): Promise<void> => {
  const capacity = segmentCapacity(pageBytes)
  const image = Buffer.alloc(pageBytes)
  let segment: number[] = []
  let begin = 0
  let written = 0
  for await (const page of chosen) {
    await page.readInto(image)
    segment.push(page.pageNumber)
    written += 1
    await writeWhole(file, image, begin + segment.length * pageBytes)
    if (segment.length < capacity && written < pages) continue
    await writeWhole(file, encodeIndexBlock(segment, pageBytes, written === pages), begin)
    begin += (segment.length + 1) * pageBytes
    segment = []
  }
}
