// Worker thread: scans files of a clone.

import { serveWorker } from '../system/serve-worker.ts'
import { scanFile, type ScanJob, type ScanResult } from './scan-file.ts'

serveWorker<ScanJob, ScanResult, Uint8Array>(scanFile)
