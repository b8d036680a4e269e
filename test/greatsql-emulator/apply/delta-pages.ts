// Writes the pages of one delta to its tablespace file: the loop of clone_apply_delta in GreatSQL's
// arch0apply.cc.
import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs'
import { MAGIC_LAST, MAGIC_MORE } from '../formats/delta.ts'
import type { Applying } from './applying.ts'

const NO_MORE_PAGES = 0xffffffff
/** Pages read and written at a time; mysqld reads whole segments. */
const BATCH = 64

const PAGE_TYPE = 24
/** FIL_PAGE_COMPRESS_SIZE_V1 and FIL_PAGE_DATA (fil0types.h). */
const COMPRESSED_SIZE = 32
const PAGE_HEADER = 38
/** FIL_PAGE_COMPRESSED and FIL_PAGE_COMPRESSED_AND_ENCRYPTED. */
const compressedTypes = [14, 16]
const FILE_SYSTEM_BLOCK = 4096

export interface DeltaFiles {
  readonly source: string
  readonly target: string
  readonly pageSize: number
  /** The last page is written wrong. */
  readonly spoil: boolean
}

/** os_file_read: what cannot be read whole ends the server (os0file.cc, os_file_read_page). */
const readWhole = (
  applying: Applying,
  fd: number,
  { offset, length }: { readonly offset: number; readonly length: number },
): Buffer => {
  const bytes = Buffer.alloc(length)
  const got = readSync(fd, bytes, 0, length, offset)
  if (got === length) return bytes
  const text = `Tried to read ${length} bytes at offset ${offset}, but was only able to read ${got}`
  applying.log.server({ level: 'ERROR', code: '012642', text })
  applying.log.server({
    level: 'ERROR',
    code: '012643',
    text: '[FATAL] Cannot read from file. OS error number 0.',
  })
  throw applying.crash('ut0ut.cc', 'ib::fatal triggered')
}

/** Page numbers up to the terminator, or as many as the block holds. */
const pageNumbers = (index: Buffer, pageSize: number): number[] => {
  const numbers: number[] = []
  for (let at = 4; at < pageSize; at += 4) {
    const pageNumber = index.readUInt32BE(at)
    if (pageNumber === NO_MORE_PAGES) break
    numbers.push(pageNumber)
  }
  return numbers
}

/** The server punches a hole behind the data of a compressed page, which then reads as zeros. */
const withHole = (page: Buffer): Buffer => {
  if (!compressedTypes.includes(page.readUInt16BE(PAGE_TYPE))) return page
  const used = page.readUInt16BE(COMPRESSED_SIZE) + PAGE_HEADER
  return page.fill(0, Math.ceil(used / FILE_SYSTEM_BLOCK) * FILE_SYSTEM_BLOCK)
}

/** A write that fails is logged, and the page is missing: the result is not looked at. */
const writePage = ({ log }: Applying, fd: number, page: Buffer, offset: number): void => {
  try {
    writeSync(fd, page, 0, page.length, offset)
  } catch (error) {
    const { errno = 0 } = error as NodeJS.ErrnoException
    const text = `Write to file failed at offset ${offset}, ${page.length} bytes should have been written. Operating system error number ${-errno}.`
    log.server({ level: 'ERROR', code: '012639', text })
  }
}

/**
 * False when the file is no delta. @throws ProcessEnd(2) for a segment that is cut off, or that is
 * not the last and not full.
 */
export const writeDeltaPages = (applying: Applying, files: DeltaFiles): boolean => {
  const { pageSize } = files
  const source = openSync(files.source, 'r')
  const target = openSync(files.target, 'r+')
  try {
    const segmentBytes = (pageSize / 4) * pageSize
    for (let start = 0; ; start += segmentBytes) {
      const index = readWhole(applying, source, { offset: start, length: pageSize })
      const magic = index.readUInt32BE(0)
      if (magic !== MAGIC_LAST && magic !== MAGIC_MORE) return false
      const numbers = pageNumbers(index, pageSize)
      const last = magic === MAGIC_LAST
      if (!last && numbers.length + 1 !== pageSize / 4) {
        throw applying.crash('arch0apply.cc', 'last_buffer || page_in_buffer == page_size / 4')
      }
      requireLength(applying, source, { offset: start, length: (numbers.length + 1) * pageSize })
      writeSegment(applying, { ...files, fds: [source, target], start, numbers, last })
      if (last) return true
    }
  } finally {
    closeSync(source)
    closeSync(target)
  }
}

/** mysqld reads a segment whole before it writes any of its pages. */
const requireLength = (
  applying: Applying,
  fd: number,
  { offset, length }: { readonly offset: number; readonly length: number },
): void => {
  const { size } = fstatSync(fd)
  if (size >= offset + length) return
  readWhole(applying, fd, { offset, length })
}

interface Segment extends DeltaFiles {
  readonly fds: readonly [source: number, target: number]
  readonly start: number
  readonly numbers: readonly number[]
  readonly last: boolean
}

const writeSegment = (applying: Applying, segment: Segment): void => {
  const { fds, start, numbers, pageSize, last, spoil } = segment
  for (let first = 0; first < numbers.length; first += BATCH) {
    const batch = numbers.slice(first, first + BATCH)
    const offset = start + (first + 1) * pageSize
    const bytes = readWhole(applying, fds[0], { offset, length: batch.length * pageSize })
    if (spoil && last && first + BATCH >= numbers.length) {
      bytes.fill(0xa5, bytes.length - pageSize + PAGE_HEADER)
    }
    for (const [index, pageNumber] of batch.entries()) {
      const page = bytes.subarray(index * pageSize, (index + 1) * pageSize)
      writePage(applying, fds[1], withHole(page), pageNumber * pageSize)
    }
  }
}
