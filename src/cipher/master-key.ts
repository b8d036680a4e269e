// The key that the user keeps, and the keys that are made from it. HKDF (RFC 5869) with SHA-256
// makes them: from none of them can another be told, and least of all the master key.

import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto'
import { KEY_ID_BYTES } from './container.ts'

export const KEY_BYTES = 32

/** A key of 256 bits. The KeyObject keeps its bytes out of whatever prints it. */
export interface MasterKey {
  readonly secret: KeyObject
  /** Tells keys apart without telling them: 8 bytes in hex. */
  readonly id: string
}

const derive = (secret: KeyObject, salt: Buffer, purpose: string, lengthBytes: number): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, salt, purpose, lengthBytes))

/** Takes 32 bytes, of which it makes a copy. */
export const masterKeyOf = (bytes: Buffer): MasterKey => {
  const secret = createSecretKey(bytes)
  const id = derive(secret, Buffer.alloc(0), 'clonectl key id', KEY_ID_BYTES).toString('hex')
  return { secret, id }
}

/** The key of one file, which its salt makes different from that of every other. */
export const fileKeyOf = ({ secret }: MasterKey, salt: Buffer): KeyObject => {
  const bytes = derive(secret, salt, 'clonectl file key', KEY_BYTES)
  const key = createSecretKey(bytes)
  bytes.fill(0)
  return key
}
