// Worker thread: writes the pages of deltas.

import { serveWorker } from '../system/serve-worker.ts'
import { type WriteJob, writePages } from './write-pages.ts'

serveWorker<WriteJob, number>(writePages)
