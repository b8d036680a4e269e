// Worker thread: compares tablespaces with deltas.

import { serveWorker } from '../system/serve-worker.ts'
import { type CompareJob, comparePages, type Comparison } from './compare-pages.ts'

serveWorker<CompareJob, Comparison>(comparePages)
