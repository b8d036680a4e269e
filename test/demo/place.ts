// The directory the demo plays in.
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DemoRequest } from './request.ts'

export interface Place extends AsyncDisposable {
  readonly path: string
}

const isEmptyDirectory = async (path: string): Promise<boolean> => {
  await mkdir(path, { recursive: true })
  return (await readdir(path)).length === 0
}

/** Makes the directory; disposing removes it unless it is to be kept. @throws Error when not empty. */
export const makePlace = async ({ dir, keep }: DemoRequest): Promise<Place> => {
  if (dir !== undefined && !(await isEmptyDirectory(dir))) {
    throw new Error(`${dir} is not empty: the demo needs a directory of its own`)
  }
  const path = dir ?? (await mkdtemp(join(tmpdir(), 'clonectl-demo-')))
  return {
    path,
    [Symbol.asyncDispose]: async () => {
      if (!keep) await rm(path, { recursive: true })
    },
  }
}
