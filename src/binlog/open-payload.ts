// Decompresses a transaction that the server compressed as a whole.

import { decodeStream } from '../codec/decode-stream.ts'
import type { TransactionPayload } from '../mysql/transaction-payload.ts'

/** Compressed and uncompressed it is held in memory: larger ones are not looked into. */
export const PAYLOAD_LIMIT_BYTES = 256 * 1024 * 1024

async function* one(content: Buffer): AsyncGenerator<Buffer> {
  // A stream of one buffer.
  await Promise.resolve()
  yield content
}

/** The events in it, one behind the other. `name` says where it stands. Throws INTEGRITY. */
export const openPayload = async (
  { compression, content }: TransactionPayload,
  name: string,
): Promise<Buffer> => {
  if (compression === 'none') return content
  const parts: Buffer[] = []
  for await (const part of decodeStream({ encoded: one(content), name, codec: 'zstd' }))
    parts.push(part)
  return Buffer.concat(parts)
}
