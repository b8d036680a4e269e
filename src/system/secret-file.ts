// Files through which children get secrets: an argument list can be read by every process.

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Writes a new file that only its owner can read (0600) and returns its path. It is never readable
 * by others, not even for a moment, and an existing file or link is refused (EEXIST). Put it into a
 * private temporary directory, which removes it.
 */
export const writeSecretFile = async (dir: string, name: string, text: string): Promise<string> => {
  const path = join(dir, name)
  await writeFile(path, text, { mode: 0o600, flag: 'wx' })
  return path
}
