// A temporary directory for one test.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface ScratchDirectory extends AsyncDisposable {
  readonly path: string
}

/** Makes a directory of its own, which goes away when it is disposed of. */
export const makeScratchDirectory = async (): Promise<ScratchDirectory> => {
  const path = await mkdtemp(join(tmpdir(), 'clonectl-test-'))
  return {
    path,
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  }
}
