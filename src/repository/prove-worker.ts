// Worker thread: proves files of a server-made backup.

import { serveWorker } from '../system/serve-worker.ts'
import { proveFile, type ProveJob, type ProvenFile } from './prove-file.ts'

serveWorker<ProveJob, ProvenFile>(proveFile)
