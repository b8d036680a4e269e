// Directories for what lives as long as a run: sockets, option files with secrets.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A directory that is removed, with all it holds, when it is disposed of. */
export interface PrivateTempDir extends AsyncDisposable {
  readonly path: string
}

/**
 * Makes a directory that only its owner can enter (mkdtemp(3): mode 0700), named `prefix` and six
 * random characters, in `parent` or else the system's directory for temporary files.
 */
export const makePrivateTempDir = async (
  prefix: string,
  parent = tmpdir(),
): Promise<PrivateTempDir> => {
  const path = await mkdtemp(join(parent, prefix))
  return {
    path,
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  }
}
