// Directories as GreatSQL's CLONE leaves them, made by hand: tablespaces, deltas, and the few files
// around them. What a page holds is a number; pages are small.

import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { encodeIndexBlock, segmentCapacity } from '../../src/innodb/delta-segment.ts'
import { formatMeta } from '../../src/innodb/meta-file.ts'
import { pageOf, tablespaceBytes } from './tablespace.ts'

export const PAGE_BYTES = 4096
/** FSP_SPACE_FLAGS with pages of 4 KiB. */
export const FLAGS = 3 << 6

export interface MadeSpace {
  readonly spaceId: number
  readonly pages: readonly number[]
  /** FSP_SIZE of the first page. */
  readonly sizePages?: number
}

/** A page of a delta: its number, and what it holds. */
export type MadePage = readonly [number: number, value: number]

export interface MadeDelta {
  readonly spaceId: number
  readonly pages: readonly MadePage[]
  /** FSP_SIZE, when page 0 is among them. */
  readonly sizePages?: number
  /** Pages of further writers, by the number in the name. */
  readonly parts?: Readonly<Record<number, readonly MadePage[]>>
  /** In place of a delta: the file's own first pages. */
  readonly raw?: boolean
}

export interface MadeDirectory {
  readonly spaces?: Readonly<Record<string, MadeSpace>>
  readonly deltas?: Readonly<Record<string, MadeDelta>>
  /** Contents of `#innodb_redo/#ib_redo0`. */
  readonly redo?: string
  readonly lsns?: readonly [start: number, pageTrack: number, end: number]
  /** Any other files. */
  readonly files?: Readonly<Record<string, string | Buffer>>
}

const write = (path: string, bytes: string | Buffer): void => {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, bytes, { mode: 0o640 })
}

/** BUF_NO_CHECKSUM_MAGIC: written with innodb_checksum_algorithm=none, and right whatever follows. */
const NO_CHECKSUM = 0xdeadbeef

const finishFirst = (page: Buffer, sizePages: number): void => {
  page.writeUInt32BE(NO_CHECKSUM, 0)
  page.writeUInt32BE(sizePages, 46)
}

const image = (spaceId: number, [number, value]: MadePage, sizePages = 0): Buffer => {
  const page = pageOf(PAGE_BYTES, spaceId, number, value)
  if (number === 0 && value !== 0) finishFirst(page, sizePages)
  return page
}

/** The bytes of a delta; none for no pages. */
export const deltaBytes = (spaceId: number, pages: readonly MadePage[], sizePages = 0): Buffer => {
  const capacity = segmentCapacity(PAGE_BYTES)
  const blocks: Buffer[] = []
  for (let first = 0; first < pages.length; first += capacity) {
    const some = pages.slice(first, first + capacity)
    const last = first + capacity >= pages.length
    blocks.push(
      encodeIndexBlock(
        some.map(([number]) => number),
        PAGE_BYTES,
        last,
      ),
    )
    blocks.push(...some.map((page) => image(spaceId, page, sizePages)))
  }
  return Buffer.concat(blocks)
}

const spaceBytes = ({ spaceId, pages, sizePages = 0 }: MadeSpace): Buffer => {
  const bytes = tablespaceBytes({ spaceId, pageBytes: PAGE_BYTES, pages })
  if (pages[0] !== 0 && pages.length > 0) finishFirst(bytes, sizePages)
  return bytes
}

/** Makes a directory. */
export const makeDirectory = (root: string, made: MadeDirectory): void => {
  const { spaces = {}, deltas = {}, redo = 'redo', lsns, files = {} } = made
  mkdirSync(join(root, 'mysql'), { recursive: true })
  for (const [path, space] of Object.entries(spaces)) write(join(root, path), spaceBytes(space))
  for (const [path, { spaceId, pages, sizePages, parts = {}, raw }] of Object.entries(deltas)) {
    const bytes =
      raw === true
        ? Buffer.concat([image(spaceId, [0, 1]), Buffer.alloc(6 * PAGE_BYTES)])
        : deltaBytes(spaceId, pages, sizePages)
    write(join(root, `${path}.delta`), bytes)
    for (const [task, some] of Object.entries(parts)) {
      write(join(root, `${path}.delta${task}`), deltaBytes(spaceId, some, sizePages))
    }
    const meta = {
      pageSize: PAGE_BYTES,
      zipSize: 0,
      spaceId,
      spaceFlags: spaceId === 0 ? 0 : FLAGS,
    }
    write(join(root, `${path}.meta`), formatMeta(meta))
  }
  write(join(root, '#innodb_redo/#ib_redo0'), redo)
  write(join(root, '#clone/#view_status'), '2 1\n')
  if (lsns !== undefined) {
    const [start, pageTrack, end] = lsns
    const text = `start_lsn = ${start}\npage_track_lsn = ${pageTrack}\nend_lsn = ${end}\n`
    write(join(root, '#clone/#clone_checkpoints'), text)
  }
  for (const [path, bytes] of Object.entries(files)) write(join(root, path), bytes)
}

/** Every file with its bytes, as text, so that a test shows what differs. */
export const bytesOfFiles = (root: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    readdirSync(root, { recursive: true, encoding: 'utf8' })
      .filter((path) => statSync(join(root, path)).isFile())
      .sort()
      .map((path) => [path, readFileSync(join(root, path)).toString('hex')]),
  )

/** What the pages of a tablespace file hold, by their last bytes. */
export const valuesIn = (path: string): readonly number[] => {
  const bytes = readFileSync(path)
  const count = bytes.length / PAGE_BYTES
  return Array.from({ length: count }, (_, page) => bytes.readUInt32BE((page + 1) * PAGE_BYTES - 4))
}
