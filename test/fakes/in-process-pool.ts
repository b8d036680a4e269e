// Stands in for the pool of worker threads: does the same jobs in this thread. Worker threads run
// built JavaScript, which a test of the sources does not have; the tests with a server have it.

import { basename } from 'node:path'
import { scanFile } from '../../src/clone/scan-file.ts'
import { proveFile } from '../../src/repository/prove-file.ts'
import { verifyFiles } from '../../src/repository/verify-files.ts'
import { comparePages } from '../../src/restore/compare-pages.ts'
import { stageFile } from '../../src/restore/stage-file.ts'
import { writePages } from '../../src/restore/write-pages.ts'
import type { RunOptions, WorkerPool } from '../../src/system/worker-pool.ts'

type Handler = (job: never, emit: (message: unknown) => void) => Promise<unknown>

const handlers: Readonly<Record<string, Handler>> = {
  'scan-worker.js': scanFile,
  'stage-worker.js': stageFile,
  'prove-worker.js': proveFile,
  'verify-worker.js': verifyFiles,
  'compare-pages-worker.js': comparePages,
  'write-pages-worker.js': writePages,
}

/** In place of `createWorkerPool`; jobs and results cross as structured clones, as they do there. */
export const createInProcessPool = (url: URL): WorkerPool<unknown, unknown, unknown> => {
  const handler = handlers[basename(url.pathname)]
  if (handler === undefined) throw new Error(`there is no worker ${url.href}`)
  return {
    run: async (job: unknown, { signal, onMessage }: RunOptions<unknown> = {}) => {
      signal?.throwIfAborted()
      // What the job is, the worker's file decides.
      const crossed = structuredClone(job) as never
      return structuredClone(
        await handler(crossed, (message) => onMessage?.(structuredClone(message))),
      )
    },
    [Symbol.asyncDispose]: async () => undefined,
  }
}
