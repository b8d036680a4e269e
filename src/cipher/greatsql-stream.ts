// GreatSQL's clone encryption as a stream.

import { damaged } from './damage.ts'
import type { GreatSqlKey } from './greatsql-key-file.ts'
import { decryptLastUnit, decryptUnits, TAIL_BYTES, UNIT_BYTES } from './greatsql-units.ts'

/** More is not decrypted at once, however large the buffers are that come in. */
const LARGEST_RUN_BYTES = 1024 * 1024

/** What is to be decrypted. */
export interface GreatSqlStream {
  /** Buffers of any size. */
  readonly encrypted: AsyncIterable<Buffer>
  /** What errors call it. */
  readonly name: string
}

async function* cutRuns(content: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  for await (const bytes of content)
    for (let at = 0; at < bytes.length; at += LARGEST_RUN_BYTES)
      yield bytes.subarray(at, at + LARGEST_RUN_BYTES)
}

/** The last unit has 32 bytes at least: so many can never be taken for a unit that is not the last. */
const unitsIn = (bytes: number): number =>
  Math.max(0, Math.floor((bytes - TAIL_BYTES) / UNIT_BYTES)) * UNIT_BYTES

const tooShort = (bytes: number, file: string): Error => {
  const problem = `the file has ${bytes} bytes, expected none or at least ${TAIL_BYTES}: the server cannot have encrypted it`
  return damaged({ file, problem })
}

/**
 * Decrypts as mysqldecrypt does (encrypt.cc, decrypt_clone_file): as many bytes as come in, in
 * bounded memory. Throws INTEGRITY for 1 to 31 bytes, which the server cannot encrypt.
 */
export async function* decryptGreatSql(
  { encrypted, name }: GreatSqlStream,
  key: GreatSqlKey,
): AsyncGenerator<Buffer> {
  let waiting: Buffer = Buffer.alloc(0)
  for await (const run of cutRuns(encrypted)) {
    const bytes = Buffer.concat([waiting, run])
    const ready = unitsIn(bytes.length)
    waiting = bytes.subarray(ready)
    if (ready > 0) yield decryptUnits(bytes.subarray(0, ready), key)
  }
  if (waiting.length >= TAIL_BYTES) yield decryptLastUnit(waiting, key)
  else if (waiting.length > 0) throw tooShort(waiting.length, name)
}
