// The .delta file: segments of an index block and the pages it names. Written by GreatSQL's
// clone0apply.cc (clone_incremental_process, clone_incremental_finalize), read by arch0apply.cc.

/** "clon": another segment follows. */
export const MAGIC_MORE = 0x636c6f6e
/** "CLON": the last segment. */
export const MAGIC_LAST = 0x434c4f4e
const NO_MORE_PAGES = 0xffffffff

/** Pages of one segment: its index block holds the magic and one 32-bit number for each page. */
export const segmentCapacity = (pageSize: number): number => pageSize / 4 - 1

export interface DeltaPage {
  readonly pageNumber: number
  readonly image: Buffer
}

/** The index block: magic, page numbers, and a terminator where there is room for one. */
const indexBlock = (
  pageNumbers: readonly number[],
  last: boolean,
  { pageSize }: { readonly pageSize: number },
): Buffer => {
  const block = Buffer.alloc(pageSize)
  block.writeUInt32BE(last ? MAGIC_LAST : MAGIC_MORE, 0)
  for (const [index, pageNumber] of pageNumbers.entries()) {
    block.writeUInt32BE(pageNumber, 4 * (index + 1))
  }
  const next = 4 * (pageNumbers.length + 1)
  if (next < pageSize) block.writeUInt32BE(NO_MORE_PAGES, next)
  return block
}

/**
 * Yields the segments of a delta one after another, each a buffer of index block and pages; nothing
 * at all for no pages, which is the file of 0 bytes. `read` gets an image of `pageSize` bytes.
 */
export async function* deltaSegments(
  pageNumbers: readonly number[],
  pageSize: number,
  read: (pageNumber: number) => Promise<DeltaPage>,
): AsyncGenerator<Buffer> {
  const capacity = segmentCapacity(pageSize)
  for (let first = 0; first < pageNumbers.length; first += capacity) {
    const pages: DeltaPage[] = []
    for (const pageNumber of pageNumbers.slice(first, first + capacity)) {
      pages.push(await read(pageNumber))
    }
    const numbers = pages.map((page) => page.pageNumber)
    const index = indexBlock(numbers, first + capacity >= pageNumbers.length, { pageSize })
    yield Buffer.concat([index, ...pages.map(({ image }) => image)])
  }
}

/** The bytes are no delta at all: no magic where a segment begins. */
export class NotADelta extends Error {
  override readonly name = 'NotADelta'
}

/** Bytes of a segment that is not the last: the reader insists that it is full. */
const fullSegment = (pageSize: number): number => (pageSize / 4) * pageSize

/** The page numbers of one segment. @throws NotADelta when its magic is missing. */
const readIndex = (block: Buffer): { numbers: number[]; last: boolean } => {
  const magic = block.length < 4 ? 0 : block.readUInt32BE(0)
  if (magic !== MAGIC_LAST && magic !== MAGIC_MORE) throw new NotADelta('no magic')
  const numbers: number[] = []
  for (let at = 4; at + 4 <= block.length; at += 4) {
    const number = block.readUInt32BE(at)
    if (number === NO_MORE_PAGES) break
    numbers.push(number)
  }
  return { numbers, last: magic === MAGIC_LAST }
}

/**
 * Takes a delta apart. An image is shorter than `pageSize` when the file ends within it.
 * @throws NotADelta when a segment does not begin with a magic; Error when a segment that is not
 * the last is not full (mysqld stops with an assertion there).
 */
export const readDelta = (bytes: Buffer, pageSize: number): DeltaPage[] => {
  const pages: DeltaPage[] = []
  for (let start = 0; start < bytes.length; start += fullSegment(pageSize)) {
    const { numbers, last } = readIndex(bytes.subarray(start, start + pageSize))
    for (const [index, pageNumber] of numbers.entries()) {
      const at = start + (index + 1) * pageSize
      pages.push({ pageNumber, image: bytes.subarray(at, at + pageSize) })
    }
    if (last) return pages
    if (numbers.length !== segmentCapacity(pageSize)) {
      throw new Error(`a segment of ${numbers.length} pages is followed by another`)
    }
  }
  return pages
}

/** `t.ibd.delta3` is task 3's part of t.ibd's delta; undefined for any other name (open_file). */
export const parseDeltaName = (name: string): { base: string; task: number } | undefined => {
  const [, base, digits] = /^(.+)\.delta(\d*)$/.exec(name) ?? []
  return base === undefined ? undefined : { base, task: Number(digits ?? '') }
}
