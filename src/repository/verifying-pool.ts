// Worker threads that read the files of backups to be verified.

import { mapLimit } from '../system/map-limit.ts'
import { createWorkerPool, type WorkerPool } from '../system/worker-pool.ts'
import type { VerifiedFile, VerifyJob } from './verify-file.ts'
import { portionsOf } from './verify-files.ts'

export type VerifyingPool = WorkerPool<readonly VerifyJob[], readonly VerifiedFile[], number>

/** A pool for `parallel` files at once; dispose of it. */
export const createVerifyingPool = (parallel: number): VerifyingPool =>
  createWorkerPool<readonly VerifyJob[], readonly VerifiedFile[], number>(
    new URL('./verify-worker.js', import.meta.url),
    { size: parallel },
  )

export interface ReadOptions {
  readonly parallel: number
  readonly signal: AbortSignal
  /** Hears of bytes as they are read. */
  readonly onBytes: (bytes: number) => void
}

/**
 * Has every item's file read, the largest first; `take` gets each as it comes. Throws CANCELLED; what is
 * wrong with a file is no failure.
 */
export const readAll = async <Item extends { readonly job: VerifyJob }>(
  pool: VerifyingPool,
  items: readonly Item[],
  { parallel, signal, onBytes }: ReadOptions,
  take: (item: Item, found: VerifiedFile) => void,
): Promise<void> => {
  // One more than there are threads: the next portion is at hand when one is done.
  await mapLimit([...portionsOf(items)], parallel + 1, async (portion) => {
    const jobs = portion.map(({ job }) => job)
    const found = await pool.run(jobs, { signal, onMessage: onBytes })
    portion.forEach((item, index) => {
      const file = found[index]
      if (file !== undefined) take(item, file)
    })
  })
}
