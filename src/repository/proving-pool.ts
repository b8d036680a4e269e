// Worker threads that read stored files to their end.

import { createWorkerPool, type WorkerPool } from '../system/worker-pool.ts'
import type { ProveJob, ProvenFile } from './prove-file.ts'

/** A pool for `parallel` files at once; dispose of it. */
export const createProvingPool = (parallel: number): WorkerPool<ProveJob, ProvenFile> =>
  createWorkerPool<ProveJob, ProvenFile>(new URL('./prove-worker.js', import.meta.url), {
    size: parallel,
  })
