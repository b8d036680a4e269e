// Work on one batch while the one before is written: the two keep disk and processors busy at the
// same time, and never more than two batches are in memory.

import type { FileHandle } from 'node:fs/promises'

type Pieces = readonly Uint8Array[]

/** Appends; writeFile on an open file goes on where it stands, and writes all of a piece. */
const append = async (file: FileHandle, pieces: Pieces): Promise<void> => {
  for (const piece of pieces) await file.writeFile(piece)
}

/**
 * Calls `make` for one batch after the other and appends the pieces in that order. After a failure
 * nothing new is begun; closing the file waits for a write that still runs.
 */
export const writeInOrder = async <Batch>(
  file: FileHandle,
  batches: Iterable<Batch>,
  make: (batch: Batch) => Promise<Pieces>,
): Promise<void> => {
  let ready: Pieces = []
  for (const batch of batches) {
    const [made] = await Promise.all([make(batch), append(file, ready)])
    ready = made
  }
  await append(file, ready)
}
