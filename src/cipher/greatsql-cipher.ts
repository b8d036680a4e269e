// Reads the `.xbcrypt` files of a backup that GreatSQL has encrypted.

import { requireNotCancelled } from './cancelled.ts'
import type { Decrypter, DecryptRequest } from './cipher.ts'
import { damaged } from './damage.ts'
import { decryptInto } from './decrypt-into.ts'
import type { GreatSqlKey } from './greatsql-key-file.ts'
import { decryptGreatSql } from './greatsql-stream.ts'
import { TAIL_BYTES } from './greatsql-units.ts'
import { readAhead } from './read-ahead.ts'
import { openStored, readRange } from './stored-file.ts'

/** GreatSQL's scheme: it keeps the size of a file, and does not notice a wrong key. */
export interface GreatSqlCipher extends Decrypter {
  /** Such as `aes-256-cbc`. */
  readonly modeName: string
}

const READ_BYTES = 1024 * 1024

async function* encryptedContent({
  source,
  expectedBytes,
  signal,
}: DecryptRequest): AsyncGenerator<Buffer> {
  const file = await openStored(source)
  try {
    const { size } = await file.stat()
    if (expectedBytes !== undefined && expectedBytes !== size)
      throw damaged({
        file: source,
        problem: `the file has ${size} bytes, expected ${expectedBytes}`,
      })
    const runs = readAhead(Math.ceil(size / READ_BYTES), (index) => {
      const offset = index * READ_BYTES
      return readRange(file, { offset, lengthBytes: Math.min(READ_BYTES, size - offset) }, source)
    })
    for await (const run of runs) {
      requireNotCancelled(source, signal)
      yield run
    }
  } finally {
    await file.close()
  }
}

/**
 * The reader of one key file. It decrypts as GreatSQL's mysqldecrypt does, and unlike that program
 * says so when it cannot. That the key is the right one shows only in the content: page headers,
 * or hashes that were taken before.
 */
export const makeGreatSqlCipher = (key: GreatSqlKey): GreatSqlCipher => {
  const decrypt = (request: DecryptRequest): AsyncGenerator<Buffer> => {
    requireNotCancelled(request.source, request.signal)
    return decryptGreatSql({ encrypted: encryptedContent(request), name: request.source }, key)
  }
  return {
    modeName: key.mode.name,
    decryptContent: decrypt,
    decryptFile: (request) => decryptInto(request, decrypt),
    contentBytesOf: (storedBytes) =>
      storedBytes > 0 && storedBytes < TAIL_BYTES ? undefined : storedBytes,
  }
}
