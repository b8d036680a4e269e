// Worker thread: reads stored files, several small ones or a large one at a time.

import { serveWorker } from '../system/serve-worker.ts'
import { verifyFiles } from './verify-files.ts'
import type { VerifiedFile, VerifyJob } from './verify-file.ts'

serveWorker<readonly VerifyJob[], readonly VerifiedFile[], number>(verifyFiles)
