// A second reading of the container, by WebCrypto and from its description alone.

import { webcrypto } from 'node:crypto'

const { subtle } = webcrypto
const TAG = 16

const fileKey = async (master: Buffer, salt: Buffer) => {
  const material = await subtle.importKey('raw', master, 'HKDF', false, ['deriveKey'])
  const hkdf = { name: 'HKDF', hash: 'SHA-256', salt, info: Buffer.from('clonectl file key') }
  return subtle.deriveKey(hkdf, material, { name: 'AES-GCM', length: 256 }, false, ['decrypt'])
}

/** The content of a whole encrypted file. */
export const readContainer = async (
  stored: Buffer,
  master: Buffer,
  boundName: string,
): Promise<Buffer> => {
  const header = stored.subarray(0, 56)
  if (header.toString('latin1', 0, 8) !== 'CLNCTENC' || header.readUInt32BE(8) !== 1)
    throw new Error('no container')
  const step = header.readUInt32BE(12) + TAG
  const key = await fileKey(master, header.subarray(24, 56))
  const parts: Buffer[] = []
  for (let at = 56, index = 0; at < stored.length; at += step, index += 1) {
    const place = Buffer.alloc(9)
    place.writeUInt32BE(index, 4)
    place[8] = at + step >= stored.length ? 1 : 0
    const iv = Buffer.alloc(12)
    iv.writeUInt32BE(index, 8)
    const additionalData = Buffer.concat([header, place, Buffer.from(boundName)])
    const chunk = stored.subarray(at, at + step)
    parts.push(
      Buffer.from(await subtle.decrypt({ name: 'AES-GCM', iv, additionalData }, key, chunk)),
    )
  }
  return Buffer.concat(parts)
}
