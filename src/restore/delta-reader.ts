// Reads a .delta file page by page, one segment's index at a time.

import { type FileHandle, open } from 'node:fs/promises'
import { ClonectlError } from '../errors.ts'
import { decodeIndexBlock } from '../innodb/delta-segment.ts'

export interface DeltaPage {
  readonly pageNumber: number
  /** Reads the page into the buffer, which is one page long. */
  readInto(buffer: Buffer): Promise<void>
}

/** The pages of a delta in stored order. Throws INTEGRITY when the file is not a whole delta. */
export async function* readDelta(path: string, pageBytes: number): AsyncGenerator<DeltaPage> {
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
