// Decrypts into a new file, whichever scheme it is.

import type { DecryptFileRequest, DecryptRequest, WrittenFile } from './cipher.ts'
import { writeNewFile } from './new-file.ts'

async function* singly(content: AsyncIterable<Buffer>): AsyncGenerator<readonly Buffer[]> {
  for await (const piece of content) yield [piece]
}

/** As `Decrypter.decryptFile`, by means of its `decryptContent`. */
export const decryptInto = async (
  { destination, ...request }: DecryptFileRequest,
  decryptContent: (request: DecryptRequest) => AsyncIterable<Buffer>,
): Promise<WrittenFile> => ({
  bytes: await writeNewFile(destination, singly(decryptContent(request))),
})
