// What a replay may use of the machine: threads and memory.

import { availableParallelism, freemem } from 'node:os'

const MIB = 1024 * 1024

/** Workers wait for each other's commits and for pages; measured on two processors, eight were the quickest. */
const WORKERS_PER_PROCESSOR = 4
const MOST_WORKERS = 64

/** Threads of the applier (replica_parallel_workers). */
export const applierWorkers = (processors = availableParallelism()): number =>
  Math.min(MOST_WORKERS, WORKERS_PER_PROCESSOR * processors)

/** The server's own default, and as much as is of use for pages that are changed once. */
const SMALLEST_POOL = 128 * MIB
const LARGEST_POOL = 8192 * MIB

/** Bytes of the buffer pool: a quarter of what is free, so that whatever else runs here is not pushed out. */
export const bufferPoolBytes = (freeBytes = freemem()): number => {
  const quarter = Math.floor(freeBytes / 4 / MIB) * MIB
  return Math.min(LARGEST_POOL, Math.max(SMALLEST_POOL, quarter))
}
