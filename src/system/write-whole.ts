// Writes all of a buffer at a position. A single write may be short without any error: on a disk
// that is about to be full it stores what still fits, and only the next one fails.

import type { FileHandle } from 'node:fs/promises'

/** Writes every byte of `bytes` at `position`. Throws the system's error, such as ENOSPC. */
export const writeWhole = async (
  file: Pick<FileHandle, 'write'>,
  bytes: Uint8Array,
  position: number,
): Promise<void> => {
  for (let written = 0; written < bytes.length;) {
    const left = bytes.length - written
    written += (await file.write(bytes, written, left, position + written)).bytesWritten
  }
}
