// Whether a pagemap is one: its index, every chunk of hashes, and that it speaks of the tablespaces
// that the backup restores to.

import { open } from 'node:fs/promises'
import { ClonectlError } from '../errors.ts'
import { BACKUP_ENTRIES, type BackupPaths } from './layout.ts'
import type { Manifest } from './manifest.ts'
import { PAGES_PER_CHUNK, type PageMapTablespace } from './page-map-format.ts'
import { readPageHashes } from './page-map-hashes.ts'
import { readPageMapIndex } from './page-map-reader.ts'
import { type FileProblem, fileProblem, mismatch } from './verify-problem.ts'

/** Everything that is wrong with a pagemap whose bytes are those that were sealed. */
export const verifyPageMap = async (
  paths: BackupPaths,
  { result }: Pick<Manifest, 'result'>,
): Promise<readonly FileProblem[]> => {
  const file = await open(paths.pagemap, 'r')
  try {
    const index = await readPageMapIndex(paths.pagemap)
    const problems: FileProblem[] = []
    const sizes = new Map(result?.files.map(({ path, sizeBytes }) => [path, sizeBytes]))
    for (const tablespace of index.values()) {
      problems.push(...(result === null ? [] : sizeProblems(tablespace, sizes)))
      const chunks = Math.ceil(tablespace.pages / PAGES_PER_CHUNK)
      for (let chunk = 0; chunk < chunks; chunk += 1)
        await readPageHashes(file, paths.pagemap, tablespace, chunk)
    }
    return problems
  } catch (error) {
    if (!(error instanceof ClonectlError)) throw error
    return [problem(error.message)]
  } finally {
    await file.close()
  }
}

const problem = (message: string): FileProblem =>
  fileProblem(BACKUP_ENTRIES.pagemap, 'PAGEMAP', message)

const sizeProblems = (
  { path, pages, pageBytes }: PageMapTablespace,
  sizes: ReadonlyMap<string, number>,
): readonly FileProblem[] => {
  const expected = sizes.get(path)
  if (expected === undefined)
    return [problem(`has pages of ${path}, which the backup does not restore`)]
  if (expected === pages * pageBytes) return []
  const what = `has pages of ${path} for a size in bytes of`
  return [mismatch(BACKUP_ENTRIES.pagemap, 'PAGEMAP', what, [pages * pageBytes, expected])]
}
