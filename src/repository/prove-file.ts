// Reads one file of a server-made backup to its end: what it is on disk, what it holds,
// and for a delta whether its pages are whole and belong to its tablespace.

import { createHash } from 'node:crypto'
import { createDeltaCheck, type DeltaSummary } from '../innodb/delta-check.ts'
import type { DeltaMeta } from '../innodb/meta-file.ts'
import { parseRedoHeader, REDO_HEADER_BYTES } from '../innodb/redo-header.ts'
import { beginsTablespace, TABLESPACE_HEADER_BYTES } from '../innodb/tablespace-header.ts'
import { ClonectlError } from '../errors.ts'
import { digestFile, type FileDigest } from './file-digest.ts'
import { type Encoding, isEncoded, readStoredContent } from './stored-content.ts'

export interface ProveJob extends Encoding {
  /** Absolute path. */
  readonly file: string
  /** For a delta: what its .meta says. */
  readonly meta: DeltaMeta | undefined
  /** What the content has to begin with; anything when nothing is said. */
  readonly opening?: Opening | undefined
}

/** Page 0 of a tablespace, or the header of a redo file. */
export type Opening = 'tablespace' | 'redo'

export interface ProvenFile extends FileDigest {
  /** Of a compressed or encrypted file: what it holds. */
  readonly content: FileDigest | undefined
  readonly delta: DeltaSummary | undefined
}

/** Throws INTEGRITY naming the file. */
export const proveFile = async (job: ProveJob): Promise<ProvenFile> => {
  const { file, meta } = job
  if (!isEncoded(job) && meta === undefined)
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

interface OpeningWatch {
  feed(bytes: Buffer): void
  /** Throws INTEGRITY when the content does not begin as it must. */
  end(): void
}

const watchOpening = (file: string, opening: Opening): OpeningWatch => {
  const wanted = opening === 'redo' ? REDO_HEADER_BYTES : TABLESPACE_HEADER_BYTES
  let beginning = Buffer.alloc(0)
  return {
    feed(bytes) {
      if (beginning.length < wanted)
        beginning = Buffer.concat([beginning, bytes.subarray(0, wanted - beginning.length)])
    },
    end() {
      if (opening === 'redo') parseRedoHeader(beginning, file)
      else if (!beginsTablespace(beginning)) throw notPageZero(file)
    },
  }
}

const notPageZero = (file: string): ClonectlError =>
  new ClonectlError('INTEGRITY', `${file} does not decrypt to a tablespace`, {
    hint: 'GreatSQL wrote it moved by some bytes, or with another key: take the backup again, or without encryption',
    details: { file },
  })
