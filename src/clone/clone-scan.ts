// Scans the files of a clone in worker threads and writes the pagemap: ahead, while the server
// still clones, and the rest when it is done.

import { ensureDir, remove } from 'fs-extra/esm'
import { dirname, join } from 'node:path'
import { createPageMap, type PageMapWriter } from '../repository/page-map-writer.ts'
import type { TreeFile } from '../system/file-tree.ts'
import { mapLimit } from '../system/map-limit.ts'
import { createWorkerPool, type WorkerPool } from '../system/worker-pool.ts'
import type { CloneContext } from './context.ts'
import { scanAhead, type Signature, signatureOf } from './scan-ahead.ts'
import type { ScanJob, ScanResult } from './scan-file.ts'

export interface ScanRequest {
  /** Directory of the clone. */
  readonly directory: string
  /** Where the pagemap is to be written. */
  readonly pagemap: string
  /** For an increment: what is compared, and where the changes go. */
  readonly compare?: (path: string) => Pick<ScanJob, 'base' | 'delta'>
  /** Files scanned at once. */
  readonly parallel: number
}

/** A scanned file under its path in the data directory. */
export interface ScannedFile extends ScanResult {
  readonly path: string
}

export interface CloneScan extends AsyncDisposable {
  /** Scans what the server seems to be done with, until `cloning` settles. Never rejects. */
  ahead(cloning: Promise<unknown>): Promise<void>
  /** Scans what is left or was changed since; one entry for each file, in the order of the paths. */
  finish(files: readonly TreeFile[]): Promise<readonly ScannedFile[]>
}

type Scanner = (path: string) => Promise<ScannedFile>

interface Early {
  readonly signature: Signature
  /** Undefined when it failed: the file was not finished after all. */
  readonly scanned: Promise<ScannedFile | undefined>
}

/** Opens the pagemap; the worker threads start with the first file. */
export const openCloneScan = async (
  context: Pick<CloneContext, 'reporter' | 'signal'>,
  request: ScanRequest,
): Promise<CloneScan> => {
  const pagemap = await createPageMap(request.pagemap)
  const pool = createWorkerPool<ScanJob, ScanResult, Uint8Array>(
    new URL('./scan-worker.js', import.meta.url),
    { size: request.parallel },
  )
  const scan = newScanner(request, pagemap, pool, context.signal)
  const early = new Map<string, Early>()
  let busy = 0

  const scanEarly = (path: string, signature: Signature): boolean => {
    if (busy >= request.parallel) return false
    busy += 1
    const scanned = scan(path)
      .catch(() => undefined)
      .finally(() => {
        busy -= 1
      })
    early.set(path, { signature, scanned })
    return true
  }

  /** What was scanned early and has not been touched since. */
  const stillTrue = async (path: string): Promise<ScannedFile | undefined> => {
    const found = early.get(path)
    const scanned = await found?.scanned
    const unchanged = found?.signature === (await signatureOf(join(request.directory, path)))
    return unchanged ? scanned : undefined
  }

  return {
    ahead: (cloning) => scanAhead(request.directory, cloning, scanEarly),
    async finish(files) {
      const total = files.reduce((sum, file) => sum + file.sizeBytes, 0)
      const progress = context.reporter.progress('hash pages', total)
      const largestFirst = [...files].sort((a, b) => b.sizeBytes - a.sizeBytes)
      try {
        const scanned = await mapLimit(largestFirst, request.parallel, async ({ path }) => {
          const file = (await stillTrue(path)) ?? (await scan(path))
          progress.add(file.sizeBytes)
          return file
        })
        await dropVanished(early, scanned, request.compare)
        await pagemap.finish(scanned.flatMap(pageMapEntry))
        return scanned.sort((a, b) => (a.path < b.path ? -1 : 1))
      } finally {
        progress.end()
      }
    },
    async [Symbol.asyncDispose]() {
      await pool[Symbol.asyncDispose]()
      await pagemap[Symbol.asyncDispose]()
    },
  }
}

/** Scanning a file again takes the place of what came of it before. */
const newScanner =
  (
    { directory, compare }: ScanRequest,
    pagemap: PageMapWriter,
    pool: WorkerPool<ScanJob, ScanResult, Uint8Array>,
    signal: AbortSignal,
  ): Scanner =>
  async (path) => {
    const job = { file: join(directory, path), path, ...compare?.(path) }
    pagemap.forget(path)
    if (job.delta !== undefined) {
      await ensureDir(dirname(job.delta), 0o750)
      await remove(job.delta)
    }
    const result = await pool.run(job, {
      signal,
      onMessage: (chunk) => {
        pagemap.add(path, chunk)
      },
    })
    return { path, ...result }
  }

/** A file scanned early may be gone when the clone is done, dropped by DDL: its delta goes too. */
const dropVanished = async (
  early: ReadonlyMap<string, Early>,
  scanned: readonly ScannedFile[],
  compare: ScanRequest['compare'],
): Promise<void> => {
  const left = new Set(scanned.map((file) => file.path))
  for (const [path, { scanned: ended }] of early) {
    const delta = compare?.(path).delta
    if (left.has(path) || delta === undefined) continue
    await ended
    await remove(delta)
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
