// Reads one file of a server-made backup to its end: what it is on disk, what it decompresses to,
// and for a delta whether its pages are whole and belong to its tablespace.

import { createHash } from 'node:crypto'
import type { Codec } from '../codec/codec.ts'
import { createDeltaCheck, type DeltaSummary } from '../innodb/delta-check.ts'
import type { DeltaMeta } from '../innodb/meta-file.ts'
import { digestFile, type FileDigest } from './file-digest.ts'
import { readStoredContent } from './stored-content.ts'

export interface ProveJob {
  /** Absolute path. */
  readonly file: string
  readonly codec: Codec | undefined
  /** For a delta: what its .meta says. */
  readonly meta: DeltaMeta | undefined
}

export interface ProvenFile extends FileDigest {
  /** Of a compressed file: what it decompresses to. */
  readonly content: FileDigest | undefined
  readonly delta: DeltaSummary | undefined
}

/** Throws INTEGRITY naming the file. */
export const proveFile = async (job: ProveJob): Promise<ProvenFile> => {
  const { file, codec, meta } = job
  if (codec === undefined && meta === undefined)
    return { ...(await digestFile(file)), content: undefined, delta: undefined }
  const check = meta && createDeltaCheck(file, meta)
  const hash = createHash('sha256')
  let sizeBytes = 0
  for await (const bytes of readStoredContent(file, codec)) {
    hash.update(bytes)
    check?.feed(bytes)
    sizeBytes += bytes.length
  }
  const content = { sizeBytes, sha256: hash.digest('hex') }
  const delta = check?.end()
  return codec === undefined
    ? { ...content, content: undefined, delta }
    : { ...(await digestFile(file)), content, delta }
}
