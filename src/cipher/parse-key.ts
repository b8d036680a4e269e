// Turns what a key file or a key command holds into a key.

import { refuseKey } from './key-refusal.ts'
import { KEY_BYTES, masterKeyOf, type MasterKey } from './master-key.ts'

/** 64 hex digits and a line end, or the same in another notation, with room to spare. */
export const KEY_TEXT_LIMIT = 1024

const hexForm = /^[0-9a-f]{64}$/i
/** 32 bytes make 43 characters, of which the last holds 4 bits only. */
const base64Form = /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=?$/

const MAKE_ONE = 'Make a key with: openssl rand -hex 32'

const decode = (text: string): Buffer | undefined => {
  if (hexForm.test(text)) return Buffer.from(text, 'hex')
  return base64Form.test(text) ? Buffer.from(text, 'base64') : undefined
}

const requireRandom = (bytes: Buffer, source: string): MasterKey => {
  // What /dev/zero gives is no key; of 2^256 keys this refuses 256.
  if (bytes.equals(Buffer.alloc(KEY_BYTES, bytes[0])))
    throw refuseKey({ source, problem: 'all bytes of the key are the same', hint: MAKE_ONE })
  const key = masterKeyOf(bytes)
  bytes.fill(0)
  return key
}

/**
 * Reads 64 hex digits or 44 characters of base64, with white space around them. Throws CONFIG for
 * anything else.
 */
export const parseKeyText = (text: string, source: string): MasterKey => {
  const bytes = decode(text.trim())
  if (bytes !== undefined) return requireRandom(bytes, source)
  throw refuseKey({
    source,
    problem: 'this is no key: expected 32 bytes as 64 hex digits or as 44 characters of base64',
    hint: MAKE_ONE,
  })
}

/** Printable ASCII: a random key never looks like that, a password does. */
const isText = (bytes: Buffer): boolean => bytes.every((byte) => byte >= 0x20 && byte < 0x7f)

/**
 * Reads the content of a key file: as `parseKeyText`, or 32 raw bytes. Throws CONFIG for anything
 * else, and for 32 characters of text, which are a password and no key.
 */
export const parseKeyBytes = (bytes: Buffer, source: string): MasterKey => {
  if (bytes.length === KEY_BYTES && !isText(bytes)) return requireRandom(bytes, source)
  return parseKeyText(bytes.toString('latin1'), source)
}
