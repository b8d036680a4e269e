// clonectl's own scheme, for the engine whose server does not encrypt: AES-256-GCM in chunks.

import { requireNotCancelled } from './cancelled.ts'
import type { Cipher, DecryptRequest } from './cipher.ts'
import { layoutOfStored } from './container.ts'
import { accessContent } from './content-access.ts'
import { decryptInto } from './decrypt-into.ts'
import { encryptContent, encryptFile } from './encrypt-content.ts'
import type { MasterKey } from './master-key.ts'
import { readAhead } from './read-ahead.ts'
import { openSealed } from './sealed-file.ts'

/** Large enough that a disk is read at full speed, small enough to hold several of it. */
const CHUNK_BYTES = 1024 * 1024

async function* decryptContent(request: DecryptRequest, key: MasterKey): AsyncGenerator<Buffer> {
  requireNotCancelled(request.source, request.signal)
  const file = await openSealed(request, key)
  try {
    for await (const chunk of readAhead(file.chunks, (index) => file.readChunk(index))) {
      requireNotCancelled(request.source, request.signal)
      if (chunk.length > 0) yield chunk
    }
  } finally {
    await file.close()
  }
}

/**
 * The cipher of one key. `chunkBytes` is for what it writes, and what `contentBytesOf` goes by; it
 * reads files of any chunk size. One processor encrypts and decrypts some 2.5 GB/s, more than disks
 * give: there is nothing to gain from threads.
 */
export const makeCipher = (key: MasterKey, chunkBytes = CHUNK_BYTES): Cipher => {
  const decrypt = (request: DecryptRequest) => decryptContent(request, key)
  return {
    keyId: key.id,
    encryptContent: (request) => encryptContent(request, { key, chunkBytes }),
    encryptFile: (request) => encryptFile(request, { key, chunkBytes }),
    decryptContent: decrypt,
    decryptFile: (request) => decryptInto(request, decrypt),
    openContent: async (request) => accessContent(await openSealed(request, key)),
    contentBytesOf: (storedBytes) => layoutOfStored(storedBytes, chunkBytes)?.contentBytes,
  }
}
