// Worker thread: makes files of a stage.

import type { FileDigest } from '../repository/file-digest.ts'
import { serveWorker } from '../system/serve-worker.ts'
import { stageFile, type StageJob } from './stage-file.ts'

serveWorker<StageJob, FileDigest>(stageFile)
