// How GreatSQL encrypts the files of a clone, written down as the server does it, unit by unit
// (sql/encrypt.cc; mysys/my_aes_openssl.cc; plugin/clone/src/clone_os.cc, encrypt_and_write).
import { createCipheriv, createDecipheriv } from 'node:crypto'
import type { FileKey } from './key-file.ts'

const BATCH = 512
const BLOCK = 16
/** REMAIN_BLOCK_SIZE. */
const REMAIN = 2 * BLOCK
/** ENCRYPT_BUFFER_SIZE. */
const BUFFER = BATCH + REMAIN

type Direction = 'encrypt' | 'decrypt'

/** my_aes_create_key. */
const realKey = ({ mode, key }: FileKey): Buffer => {
  const real = Buffer.alloc(Number(mode.split('-')[1]) / 8)
  let at = 0
  for (const byte of key) {
    if (at === real.length) at = 0
    real[at] = (real[at] ?? 0) ^ byte
    at += 1
  }
  return real
}

/** my_aes_encrypt and my_aes_decrypt, without padding. */
const aes = (direction: Direction, bytes: Buffer, key: FileKey): Buffer => {
  const name = key.mode.replace(/cfb128$/, 'cfb')
  const iv = name.endsWith('ecb') ? null : key.iv
  const make = direction === 'encrypt' ? createCipheriv : createDecipheriv
  const machine = make(name, realKey(key), iv).setAutoPadding(false)
  return Buffer.concat([machine.update(bytes), machine.final()])
}

/** encrypt_buffer; undefined where it returns -1. */
export const encryptBuffer = (source: Buffer, key: FileKey): Buffer | undefined => {
  const { length } = source
  if (length < REMAIN || length >= BUFFER) return undefined
  const main = Math.floor(length / BLOCK) * BLOCK
  const dest = Buffer.concat([aes('encrypt', source.subarray(0, main), key), source.subarray(main)])
  if (main === length) return dest
  const remain = aes('encrypt', dest.subarray(length - REMAIN), key)
  return Buffer.concat([dest.subarray(0, length - REMAIN), remain])
}

/** clone_decrypt_buffer; undefined where it returns -1. */
export const decryptBuffer = (source: Buffer, key: FileKey): Buffer | undefined => {
  const { length } = source
  if (length < REMAIN || length >= BUFFER) return undefined
  const main = Math.floor(length / BLOCK) * BLOCK
  const bytes = Buffer.from(source)
  if (main !== length) {
    aes('decrypt', bytes.subarray(length - REMAIN), key).copy(bytes, length - REMAIN)
  }
  return Buffer.concat([aes('decrypt', bytes.subarray(0, main), key), bytes.subarray(main)])
}

/** decrypt_clone_file: what it has written by the time it ends, and whether that is all. */
export const decryptFile = (source: Buffer, key: FileKey): { bytes: Buffer; whole: boolean } => {
  const parts: Buffer[] = []
  let at = 0
  for (; source.length - at >= BUFFER; at += BATCH) {
    parts.push(decryptBuffer(source.subarray(at, at + BATCH), key) ?? Buffer.alloc(0))
  }
  const rest = source.subarray(at)
  const last = rest.length === 0 ? rest : decryptBuffer(rest, key)
  return { bytes: Buffer.concat(last ? [...parts, last] : parts), whole: last !== undefined }
}

/** The clone ends with an error without a text. */
export class EncryptFailure extends Error {}

/**
 * What becomes of the last 32 bytes of a write whose length is 32 more than a multiple of 512 (and
 * more than 32). The server leaves them in a buffer that belongs to the task, and they come out at
 * the beginning of the next file; from there on every file is moved by 32 bytes.
 */
export type TailRule = 'carried' | 'kept'

export interface Encrypter {
  /** What goes to disk for one write call. @throws EncryptFailure. */
  write(source: Buffer): Buffer
  /** What is left when a file ends; nothing when tails are carried. @throws EncryptFailure. */
  endFile(): Buffer
}

const encryptOrFail = (bytes: Buffer, key: FileKey): Buffer => {
  const encrypted = encryptBuffer(bytes, key)
  if (encrypted === undefined) throw new EncryptFailure()
  return encrypted
}

/** One for each task of a clone: its buffer outlives a file. */
export const makeEncrypter = (key: FileKey, tails: TailRule): Encrypter => {
  let node: Buffer = Buffer.alloc(0)
  const takeBatches = (): Buffer[] => {
    const out: Buffer[] = []
    for (; node.length >= BUFFER; node = node.subarray(BATCH)) {
      out.push(encryptOrFail(node.subarray(0, BATCH), key))
    }
    return out
  }
  const takeRest = (): Buffer => {
    const rest = node
    node = Buffer.alloc(0)
    return rest.length === 0 ? rest : encryptOrFail(rest, key)
  }
  return {
    write: (source) => {
      node = Buffer.concat([node, source])
      const out = takeBatches()
      // Exactly filled by the last of the source: the loop of the server ends before it sees the rest.
      const filled = out.length > 0 && node.length === REMAIN
      if (tails === 'carried' && !filled) out.push(takeRest())
      return Buffer.concat(out)
    },
    endFile: () => (tails === 'kept' ? takeRest() : Buffer.alloc(0)),
  }
}
