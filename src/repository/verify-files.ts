// Files to be read, in portions for worker threads: a thread that is handed each small file by itself
// would mostly wait for the next.

import { type VerifiedFile, verifyFile, type VerifyJob } from './verify-file.ts'

/** Reads the files of one portion. */
export const verifyFiles = async (
  jobs: readonly VerifyJob[],
  tell: (bytes: number) => void,
): Promise<readonly VerifiedFile[]> => {
  const read: VerifiedFile[] = []
  for (const job of jobs) read.push(await verifyFile(job, tell))
  return read
}

const PORTION_BYTES = 4 * 1024 * 1024
const PORTION_FILES = 64

/** Largest first, so that no thread begins the largest when the others have ended. */
export function* portionsOf<Item extends { readonly job: VerifyJob }>(
  items: readonly Item[],
): Generator<readonly Item[]> {
  let portion: Item[] = []
  let bytes = 0
  for (const item of [...items].sort((a, b) => b.job.sizeBytes - a.job.sizeBytes)) {
    const isFull = portion.length === PORTION_FILES || bytes + item.job.sizeBytes > PORTION_BYTES
    if (isFull && portion.length > 0) {
      yield portion
      portion = []
      bytes = 0
    }
    portion.push(item)
    bytes += item.job.sizeBytes
  }
  if (portion.length > 0) yield portion
}
