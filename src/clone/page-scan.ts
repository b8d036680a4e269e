// Scans every file of a clone in worker threads, largest first, and writes the pagemap.

import { join } from 'node:path'
import { createPageMap } from '../repository/page-map-writer.ts'
import { mapLimit } from '../system/map-limit.ts'
import { createWorkerPool } from '../system/worker-pool.ts'
import type { CloneContext } from './context.ts'
import type { ScanJob, ScanResult } from './scan-file.ts'

export interface ScanRequest {
  /** Directory of the clone. */
  readonly directory: string
  readonly files: readonly { readonly path: string; readonly sizeBytes: number }[]
  /** Where the pagemap is to be written. */
  readonly pagemap: string
  /** For an increment: what is compared, and where the changes go. */
  readonly compare?: (path: string) => Pick<ScanJob, 'base' | 'delta'>
  readonly parallel: number
}

/** A scanned file under its path in the data directory. */
export interface ScannedFile extends ScanResult {
  readonly path: string
}

/** Returns one entry for each file, in the order of the paths. */
export const scanClone = async (
  context: Pick<CloneContext, 'reporter' | 'signal'>,
  request: ScanRequest,
): Promise<readonly ScannedFile[]> => {
  const total = request.files.reduce((sum, file) => sum + file.sizeBytes, 0)
  const progress = context.reporter.progress('hash pages', total)
  await using pagemap = await createPageMap(request.pagemap)
  await using pool = createWorkerPool<ScanJob, ScanResult, Uint8Array>(
    new URL('./scan-worker.js', import.meta.url),
    { size: request.parallel },
  )
  const scanOne = async (path: string): Promise<ScannedFile> => {
    const result = await pool.run(
      { file: join(request.directory, path), path, ...request.compare?.(path) },
      { signal: context.signal, onMessage: (chunk) => pagemap.add(path, chunk) },
    )
    progress.add(result.sizeBytes)
    return { path, ...result }
  }
  try {
    const largestFirst = [...request.files].sort((a, b) => b.sizeBytes - a.sizeBytes)
    const scanned = await mapLimit(largestFirst, request.parallel, (file) => scanOne(file.path))
    await pagemap.finish(scanned.flatMap(pageMapEntry))
    return scanned.sort((a, b) => (a.path < b.path ? -1 : 1))
  } finally {
    progress.end()
  }
}

const pageMapEntry = ({ path, tablespace }: ScannedFile) =>
  tablespace === undefined
    ? []
    : [
        {
          path,
          spaceId: tablespace.spaceId,
          pageBytes: tablespace.physicalPageSize,
          pages: tablespace.pages,
        },
      ]
