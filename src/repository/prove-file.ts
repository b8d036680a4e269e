// Reads one file of a server-made backup to its end: what it is on disk, what it holds,
// and for a delta whether its pages are whole and belong to its tablespace.

import { createHash } from 'node:crypto'
import { createDeltaCheck, type DeltaSummary } from '../innodb/delta-check.ts'
import type { DeltaMeta } from '../innodb/meta-file.ts'
import { digestFile, type FileDigest } from './file-digest.ts'
import { type Opening, watchOpening } from './opening.ts'
import { type Encoding, isEncoded, readStoredContent } from './stored-content.ts'

export interface ProveJob extends Encoding {
  /** Absolute path. */
  readonly file: string
  /** For a delta: what its .meta says. */
  readonly meta: DeltaMeta | undefined
  /** What the content has to begin with; anything when nothing is said. */
  readonly opening?: Opening | undefined
}

export interface ProvenFile extends FileDigest {
  /** Of a compressed or encrypted file: what it holds. */
  readonly content: FileDigest | undefined
  readonly delta: DeltaSummary | undefined
}

/** Throws INTEGRITY naming the file. */
export const proveFile = async (job: ProveJob): Promise<ProvenFile> => {
  const { file, meta } = job
  if (!isEncoded(job) && meta === undefined && job.opening === undefined)
    return { ...(await digestFile(file)), content: undefined, delta: undefined }
  const check = meta && createDeltaCheck(file, meta)
  const opening = job.opening && watchOpening(file, job.opening)
  const hash = createHash('sha256')
  let sizeBytes = 0
  for await (const bytes of readStoredContent(file, job)) {
    hash.update(bytes)
    opening?.feed(bytes)
    check?.feed(bytes)
    sizeBytes += bytes.length
  }
  const content = { sizeBytes, sha256: hash.digest('hex') }
  opening?.end()
  const delta = check?.end()
  return isEncoded(job)
    ? { ...(await digestFile(file)), content, delta }
    : { ...content, content: undefined, delta }
}
