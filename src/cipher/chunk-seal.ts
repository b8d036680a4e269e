// One chunk of an encrypted file: AES-256-GCM, bound to its place (container.ts).

import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto'
import { HEADER_BYTES, TAG_BYTES } from './container.ts'

/** What a chunk is bound to besides its place. */
export interface SealedFile {
  /** Of this file alone: a nonce must never come twice with one key. */
  readonly key: KeyObject
  readonly header: Buffer
  readonly boundName: string
}

/** Where a chunk stands. */
export interface ChunkPlace {
  readonly index: number
  readonly last: boolean
}

const ALGORITHM = 'aes-256-gcm'
const NONCE_BYTES = 12
const LAST_OFFSET = HEADER_BYTES + 8
const NAME_OFFSET = LAST_OFFSET + 1
const OPTIONS = { authTagLength: TAG_BYTES } as const

const nonceOf = ({ index }: ChunkPlace): Buffer => {
  const nonce = Buffer.alloc(NONCE_BYTES)
  nonce.writeBigUInt64BE(BigInt(index), NONCE_BYTES - 8)
  return nonce
}

const boundTo = ({ header, boundName }: SealedFile, { index, last }: ChunkPlace): Buffer => {
  const bound = Buffer.alloc(NAME_OFFSET + Buffer.byteLength(boundName))
  header.copy(bound)
  bound.writeBigUInt64BE(BigInt(index), HEADER_BYTES)
  bound.writeUInt8(last ? 1 : 0, LAST_OFFSET)
  bound.write(boundName, NAME_OFFSET, 'utf8')
  return bound
}

/** The pieces of the sealed chunk: what is encrypted, then the tag. */
export const sealChunk = (
  file: SealedFile,
  place: ChunkPlace,
  content: Uint8Array,
): readonly Buffer[] => {
  const cipher = createCipheriv(ALGORITHM, file.key, nonceOf(place), OPTIONS)
  cipher.setAAD(boundTo(file, place))
  const sealed = cipher.update(content)
  // GCM gives all of it by then; final only makes the tag.
  cipher.final()
  return [sealed, cipher.getAuthTag()]
}

/** The content; undefined when the chunk is not what was sealed, here, in this file, by this key. */
export const openChunk = (
  file: SealedFile,
  place: ChunkPlace,
  sealed: Buffer,
): Buffer | undefined => {
  const end = sealed.length - TAG_BYTES
  const decipher = createDecipheriv(ALGORITHM, file.key, nonceOf(place), OPTIONS)
  decipher.setAAD(boundTo(file, place)).setAuthTag(sealed.subarray(end))
  const content = decipher.update(sealed.subarray(0, end))
  try {
    decipher.final()
    return content
  } catch {
    // The only thing that final can have against it is the tag.
    return undefined
  }
}
