// Encrypts content into a file of clonectl's own format.

import { randomBytes } from 'node:crypto'
import { requireNotCancelled } from './cancelled.ts'
import { sealChunk, type SealedFile } from './chunk-seal.ts'
import type { EncryptFileRequest, EncryptRequest, WrittenFile } from './cipher.ts'
import { formatHeader, SALT_BYTES } from './container.ts'
import { cutChunks } from './cut-chunks.ts'
import { damaged } from './damage.ts'
import { fileKeyOf, type MasterKey } from './master-key.ts'
import { writeNewFile } from './new-file.ts'
import { readAhead } from './read-ahead.ts'
import { openStored, readRange } from './stored-file.ts'

/** How to encrypt. */
export interface Encryption {
  readonly key: MasterKey
  readonly chunkBytes: number
}

const beginFile = ({ key, chunkBytes }: Encryption, boundName: string): SealedFile => {
  const salt = randomBytes(SALT_BYTES)
  const header = formatHeader({ chunkBytes, keyId: Buffer.from(key.id, 'hex'), salt })
  return { key: fileKeyOf(key, salt), header, boundName }
}

async function* sealed(
  request: EncryptRequest,
  encryption: Encryption,
): AsyncGenerator<readonly Uint8Array[]> {
  const file = beginFile(encryption, request.boundName)
  yield [file.header]
  let index = 0
  for await (const { content, last } of cutChunks(request.content, encryption.chunkBytes)) {
    requireNotCancelled(request.destination, request.signal)
    yield sealChunk(file, { index, last }, content)
    index += 1
  }
}

/** As `Cipher.encryptContent`. */
export const encryptContent = async (
  request: EncryptRequest,
  encryption: Encryption,
): Promise<WrittenFile> => {
  requireNotCancelled(request.destination, request.signal)
  return { bytes: await writeNewFile(request.destination, sealed(request, encryption)) }
}

async function* contentOf(path: string, chunkBytes: number): AsyncGenerator<Buffer> {
  const file = await openStored(path)
  try {
    const { size } = await file.stat()
    yield* readAhead(Math.ceil(size / chunkBytes), (index) => {
      const offset = index * chunkBytes
      return readRange(file, { offset, lengthBytes: Math.min(chunkBytes, size - offset) }, path)
    })
    const { size: now } = await file.stat()
    if (now !== size)
      throw damaged({
        file: path,
        problem: `the file has ${now} bytes and had ${size} when reading began: somebody writes to it`,
        hint: 'Only files that stay as they are can be encrypted.',
      })
  } finally {
    await file.close()
  }
}

/** As `Cipher.encryptFile`. */
export const encryptFile = (
  { source, ...rest }: EncryptFileRequest,
  encryption: Encryption,
): Promise<WrittenFile> =>
  encryptContent({ ...rest, content: contentOf(source, encryption.chunkBytes) }, encryption)
