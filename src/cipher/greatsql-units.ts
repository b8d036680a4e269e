// GreatSQL's clone encryption (encrypt.cc): every 512 bytes by themselves, always with the same IV,
// without padding, so that a file keeps its length. Nothing is authenticated: a wrong key gives
// other bytes, not an error.

import { createDecipheriv } from 'node:crypto'
import type { GreatSqlKey } from './greatsql-key-file.ts'

/** encrypt.h, ENCRYPT_BATCH_SIZE. */
export const UNIT_BYTES = 512
/** encrypt.h, REMAIN_BLOCK_SIZE: the shortest unit, and what its end is encrypted again with. */
export const TAIL_BYTES = 32
const BLOCK_BYTES = 16

/** my_aes_decrypt: from the IV on, as many bytes out as in. */
const decryptRun = (bytes: Buffer, { mode, secret, iv }: GreatSqlKey): Buffer => {
  const decipher = createDecipheriv(mode.algorithm, secret, mode.needsIv ? iv : null)
  decipher.setAutoPadding(false)
  return Buffer.concat([decipher.update(bytes), decipher.final()])
}

const copyUnits = (
  from: { readonly bytes: Buffer; readonly stride: number; readonly start: number },
  to: { readonly bytes: Buffer; readonly stride: number; readonly start: number },
): void => {
  let target = to.start
  for (let at = from.start; at < from.bytes.length; at += from.stride) {
    to.bytes.set(from.bytes.subarray(at, at + UNIT_BYTES), target)
    target += to.stride
  }
}

/**
 * Decrypts all units in one go: with the IV in front of each, as if it were ciphertext, the state of
 * the cipher is what it is at the beginning of a unit. What comes out for the IV is left out. To
 * make a new decipher for every unit would take far longer than what it does.
 */
const decryptWithIvs = (units: Buffer, key: GreatSqlKey): Buffer => {
  const stride = BLOCK_BYTES + UNIT_BYTES
  const count = units.length / UNIT_BYTES
  const spaced = Buffer.allocUnsafeSlow(count * stride)
  for (let at = 0; at < spaced.length; at += stride) spaced.set(key.iv, at)
  const packed = { bytes: units, stride: UNIT_BYTES, start: 0 }
  copyUnits(packed, { bytes: spaced, stride, start: BLOCK_BYTES })
  const decrypted = { bytes: decryptRun(spaced, key), stride, start: BLOCK_BYTES }
  const content = Buffer.allocUnsafeSlow(units.length)
  copyUnits(decrypted, { ...packed, bytes: content })
  return content
}

/** In OFB every unit is combined with the same bytes. */
const decryptWithStream = (units: Buffer, key: GreatSqlKey): Buffer => {
  const stream = decryptRun(Buffer.alloc(UNIT_BYTES), key)
  const content = Buffer.allocUnsafeSlow(units.length)
  for (let at = 0; at < units.length; at += 1)
    content[at] = (units[at] ?? 0) ^ (stream[at % UNIT_BYTES] ?? 0)
  return content
}

/** Decrypts whole units: a multiple of 512 bytes. */
export const decryptUnits = (units: Buffer, key: GreatSqlKey): Buffer =>
  key.mode.followsCiphertext ? decryptWithIvs(units, key) : decryptWithStream(units, key)

/**
 * Decrypts the last unit of a file, 32 to 543 bytes (encrypt.cc, clone_decrypt_buffer). Where its
 * length is no multiple of 16, its last 32 bytes were encrypted a second time, to reach the bytes
 * that fill no block.
 */
export const decryptLastUnit = (unit: Buffer, key: GreatSqlKey): Buffer => {
  const content = Buffer.from(unit)
  const blocks = unit.length - (unit.length % BLOCK_BYTES)
  const tail = content.subarray(content.length - TAIL_BYTES)
  if (blocks !== unit.length) decryptRun(tail, key).copy(tail)
  decryptRun(content.subarray(0, blocks), key).copy(content)
  return content
}
