// An encrypted file of clonectl's own format, opened: its chunks, in any order.

import type { FileHandle } from 'node:fs/promises'
import { ClonectlError } from '../errors.ts'
import { openChunk, type ChunkPlace, type SealedFile } from './chunk-seal.ts'
import type { DecryptRequest } from './cipher.ts'
import {
  HEADER_BYTES,
  KEY_ID_OFFSET,
  layoutOfStored,
  parseHeader,
  TAG_BYTES,
  type ContainerHeader,
  type ContainerLayout,
} from './container.ts'
import { damaged } from './damage.ts'
import { fileKeyOf, type MasterKey } from './master-key.ts'
import { openStored, readRange, type ByteRange } from './stored-file.ts'

/** Close it when done. */
export interface OpenedFile extends ContainerLayout {
  readonly chunkBytes: number
  /** The content of a chunk. Throws INTEGRITY when it is not what was encrypted. */
  readChunk(index: number): Promise<Buffer>
  close(): Promise<void>
}

interface Container {
  readonly file: FileHandle
  readonly name: string
  readonly header: ContainerHeader
  readonly layout: ContainerLayout
  readonly sealed: SealedFile
}

const placeOf = ({ layout }: Container, index: number): ChunkPlace => ({
  index,
  last: index === layout.chunks - 1,
})

const rangeOf = ({ header: { chunkBytes }, layout }: Container, index: number): ByteRange => {
  const content = Math.min(chunkBytes, layout.contentBytes - index * chunkBytes)
  return {
    offset: HEADER_BYTES + index * (chunkBytes + TAG_BYTES),
    lengthBytes: content + TAG_BYTES,
  }
}

const readChunk = async (container: Container, index: number): Promise<Buffer> => {
  const range = rangeOf(container, index)
  const bytes = await readRange(container.file, range, container.name)
  const content = openChunk(container.sealed, placeOf(container, index), bytes)
  if (content !== undefined) return content
  const { boundName } = container.sealed
  throw damaged({
    file: container.name,
    offset: range.offset,
    chunk: index,
    problem: `chunk ${index}, at byte ${range.offset}, is not what was encrypted there as ${boundName}: bytes were altered, moved, cut off or added, or this is another file`,
  })
}

/**
 * The header names another key. If the file opens with the given one all the same, then it is the
 * header that is wrong.
 */
const blameKey = async (container: Container, key: MasterKey): Promise<ClonectlError> => {
  const header = Buffer.from(container.sealed.header)
  header.write(key.id, KEY_ID_OFFSET, 'hex')
  const bytes = await readRange(container.file, rangeOf(container, 0), container.name)
  const content = openChunk({ ...container.sealed, header }, placeOf(container, 0), bytes)
  const { name } = container
  const found = container.header.keyId.toString('hex')
  if (content !== undefined)
    return damaged({
      file: name,
      offset: KEY_ID_OFFSET,
      problem: `the header names the key ${found}, and the file was encrypted with ${key.id}`,
    })
  return new ClonectlError(
    'CONFIG',
    `${name} was encrypted with the key ${found}, and the given key is ${key.id}`,
    {
      hint: 'Give the key that the backup was taken with; its id is in the manifest of the backup.',
      details: { file: name, keyId: found, givenKeyId: key.id },
    },
  )
}

const layoutOf = (size: number, { chunkBytes }: ContainerHeader, name: string) => {
  const layout = layoutOfStored(size, chunkBytes)
  if (layout !== undefined) return layout
  const problem = `the file ends at byte ${size}, inside the tag of a chunk`
  throw damaged({ file: name, offset: size, problem })
}

const readHeader = async (file: FileHandle, name: string) => {
  const { size } = await file.stat()
  const range = { offset: 0, lengthBytes: Math.min(HEADER_BYTES, size) }
  const bytes = await readRange(file, range, name)
  const header = parseHeader(bytes, name)
  return { bytes, header, layout: layoutOf(size, header, name) }
}

const openContainer = async (
  file: FileHandle,
  { source: name, boundName, expectedBytes }: DecryptRequest,
  key: MasterKey,
): Promise<Container> => {
  const { bytes, header, layout } = await readHeader(file, name)
  const sealed = { key: fileKeyOf(key, header.salt), header: bytes, boundName }
  const container = { file, name, header, layout, sealed }
  if (header.keyId.toString('hex') !== key.id) throw await blameKey(container, key)
  if (expectedBytes === undefined || expectedBytes === layout.contentBytes) return container
  const problem = `the file holds ${layout.contentBytes} bytes of content, expected ${expectedBytes}`
  throw damaged({ file: name, problem })
}

/** Throws INTEGRITY for what is no such file, CONFIG when another key is needed. */
export const openSealed = async (request: DecryptRequest, key: MasterKey): Promise<OpenedFile> => {
  const file = await openStored(request.source)
  try {
    const container = await openContainer(file, request, key)
    return {
      ...container.layout,
      chunkBytes: container.header.chunkBytes,
      readChunk: (index) => readChunk(container, index),
      close: () => file.close(),
    }
  } catch (error) {
    await file.close()
    throw error
  }
}

/**
 * The id of the key that a file was encrypted with, as its header says it: for whoever has no key
 * yet, or wants to compare before anything begins. Throws INTEGRITY.
 */
export const readKeyId = async (path: string): Promise<string> => {
  const file = await openStored(path)
  try {
    return (await readHeader(file, path)).header.keyId.toString('hex')
  } finally {
    await file.close()
  }
}
