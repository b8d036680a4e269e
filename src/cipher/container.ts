// The file format of clonectl's own encryption, version 1. Numbers are big-endian.
//
//   offset  bytes  what
//        0      8  magic, `CLNCTENC`
//        8      4  version, 1
//       12      4  content bytes of a chunk: every chunk but the last has exactly so many
//       16      8  key id (master-key.ts)
//       24     32  salt, random for each file; with the master key it makes the key of this file
//       56         chunks: content encrypted with AES-256-GCM, then its tag of 16 bytes
//
// Chunk 0 is always there, empty when the content is. The nonce of a chunk is its number in 12
// bytes: no key is used for two files, so no nonce is used twice. Authenticated with every chunk are
// the whole header, the number of the chunk (8 bytes), 1 if it is the last or else 0 (1 byte), and
// the name of the file in UTF-8. So no chunk passes for another, and no file that was cut,
// lengthened or renamed for what it was.

import { damaged } from './damage.ts'

export const HEADER_BYTES = 56
export const TAG_BYTES = 16
export const KEY_ID_OFFSET = 16
export const KEY_ID_BYTES = 8
export const SALT_BYTES = 32
const MAGIC = Buffer.from('CLNCTENC', 'latin1')
const VERSION_OFFSET = 8
const VERSION = 1
const CHUNK_BYTES_OFFSET = 12
const SALT_OFFSET = KEY_ID_OFFSET + KEY_ID_BYTES
/** A reader holds a few chunks in memory: a header must not be able to ask for more than this. */
const LARGEST_CHUNK_BYTES = 16 * 1024 * 1024

/** What a header says. */
export interface ContainerHeader {
  readonly chunkBytes: number
  readonly keyId: Buffer
  readonly salt: Buffer
}

/** The 56 bytes. */
export const formatHeader = ({ chunkBytes, keyId, salt }: ContainerHeader): Buffer => {
  const header = Buffer.alloc(HEADER_BYTES)
  MAGIC.copy(header)
  header.writeUInt32BE(VERSION, VERSION_OFFSET)
  header.writeUInt32BE(chunkBytes, CHUNK_BYTES_OFFSET)
  keyId.copy(header, KEY_ID_OFFSET)
  salt.copy(header, SALT_OFFSET)
  return header
}

/** Throws INTEGRITY when the bytes are not such a header. */
export const parseHeader = (header: Buffer, file: string): ContainerHeader => {
  const bad = (offset: number, problem: string) => damaged({ file, offset, problem })
  if (header.length < HEADER_BYTES || !header.subarray(0, MAGIC.length).equals(MAGIC))
    throw bad(0, 'the file does not begin as files do that clonectl has encrypted')
  const version = header.readUInt32BE(VERSION_OFFSET)
  if (version !== VERSION)
    throw bad(VERSION_OFFSET, `the file has format version ${version}, expected ${VERSION}`)
  const chunkBytes = header.readUInt32BE(CHUNK_BYTES_OFFSET)
  if (chunkBytes < 1 || chunkBytes > LARGEST_CHUNK_BYTES)
    throw bad(
      CHUNK_BYTES_OFFSET,
      `the file claims chunks of ${chunkBytes} bytes, expected 1 to ${LARGEST_CHUNK_BYTES}`,
    )
  return {
    chunkBytes,
    keyId: header.subarray(KEY_ID_OFFSET, SALT_OFFSET),
    salt: header.subarray(SALT_OFFSET, HEADER_BYTES),
  }
}

/** How the content is cut. */
export interface ContainerLayout {
  readonly contentBytes: number
  readonly chunks: number
}

/** Cuts content. */
export const layoutOfContent = (contentBytes: number, chunkBytes: number): ContainerLayout => ({
  contentBytes,
  chunks: Math.max(1, Math.ceil(contentBytes / chunkBytes)),
})

/** Size of the file that holds so much content. */
export const storedBytesOf = (contentBytes: number, chunkBytes: number): number =>
  HEADER_BYTES + contentBytes + layoutOfContent(contentBytes, chunkBytes).chunks * TAG_BYTES

/** Tells the content from the size of the file; undefined when no whole file has this size. */
export const layoutOfStored = (
  storedBytes: number,
  chunkBytes: number,
): ContainerLayout | undefined => {
  const body = storedBytes - HEADER_BYTES
  const chunks = Math.max(1, Math.ceil(body / (chunkBytes + TAG_BYTES)))
  const contentBytes = body - chunks * TAG_BYTES
  if (contentBytes < 0) return undefined
  const layout = layoutOfContent(contentBytes, chunkBytes)
  return layout.chunks === chunks ? layout : undefined
}
