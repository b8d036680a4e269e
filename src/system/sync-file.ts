// Makes a file durable that somebody else has written.

import { open } from 'node:fs/promises'

/** Waits until its bytes are on disk; its name is the directory's business. */
export const syncFile = async (path: string): Promise<void> => {
  const file = await open(path, 'r')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}
