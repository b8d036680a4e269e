// Reads a .delta file page by page, one segment's index at a time; an encoded one as it is decoded.

import { type FileHandle, open } from 'node:fs/promises'
import { ClonectlError } from '../errors.ts'
import { decodeIndexBlock } from '../innodb/delta-segment.ts'
import { type Encoding, isEncoded, readStoredContent } from '../repository/stored-content.ts'

export interface DeltaPage {
  readonly pageNumber: number
  /** Reads the page into the buffer, which is one page long; only until the next page is asked for. */
  readInto(buffer: Buffer): Promise<void>
}

/**
 * The pages of a delta in stored order; `encoding` is how the file is stored. Throws
 * INTEGRITY when the file is not a whole delta.
 */
export const readDelta = (
  path: string,
  pageBytes: number,
  encoding: Encoding = { codec: undefined },
): AsyncGenerator<DeltaPage> =>
  isEncoded(encoding) ? readEncoded(path, encoding, pageBytes) : readPlain(path, pageBytes)

/** Pages that nobody wants are not read. */
async function* readPlain(path: string, pageBytes: number): AsyncGenerator<DeltaPage> {
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    const index = Buffer.alloc(pageBytes)
    for (let position = 0; position < size;) {
      await readExactly(file, path, index, position)
      const { pageNumbers, last } = decodeIndexBlock(index, path)
      for (const [i, pageNumber] of pageNumbers.entries()) {
        const at = position + (i + 1) * pageBytes
        yield { pageNumber, readInto: (buffer) => readExactly(file, path, buffer, at) }
      }
      position += (pageNumbers.length + 1) * pageBytes
      if (last !== position >= size) throw broken(path, 'its last segment is not where it ends')
    }
  } finally {
    await file.close()
  }
}

async function* readEncoded(
  path: string,
  encoding: Encoding,
  pageBytes: number,
): AsyncGenerator<DeltaPage> {
  let expected: number[] = []
  let ended = false
  for await (const block of blocksOf(path, encoding, pageBytes)) {
    const pageNumber = expected.shift()
    if (pageNumber !== undefined) {
      yield { pageNumber, readInto: (buffer) => Promise.resolve(void block.copy(buffer)) }
      continue
    }
    if (ended) throw broken(path, 'its last segment is not where it ends')
    const { pageNumbers, last } = decodeIndexBlock(block, path)
    expected = [...pageNumbers]
    ended = last
  }
  if (expected.length > 0 || !ended) throw broken(path, 'it ends too early')
}

/** Pieces of one page's size; the buffer is used again. */
async function* blocksOf(
  path: string,
  encoding: Encoding,
  pageBytes: number,
): AsyncGenerator<Buffer> {
  const block = Buffer.alloc(pageBytes)
  let filled = 0
  for await (const bytes of readStoredContent(path, encoding)) {
    for (let from = 0; from < bytes.length;) {
      const taken = bytes.copy(block, filled, from)
      from += taken
      filled += taken
      if (filled < pageBytes) break
      yield block
      filled = 0
    }
  }
  if (filled > 0) throw broken(path, 'it ends within a page')
}

const readExactly = async (
  file: FileHandle,
  path: string,
  buffer: Buffer,
  position: number,
): Promise<void> => {
  const { bytesRead } = await file.read(buffer, 0, buffer.length, position)
  if (bytesRead < buffer.length) throw broken(path, `it ends within a page at ${position}`)
}

const broken = (path: string, why: string): ClonectlError =>
  new ClonectlError('INTEGRITY', `${path} is not a whole delta: ${why}`, {
    hint: 'the backup is damaged: restore an older one, or from a copy of the repository',
    details: { path },
  })
