// Reads one file of a finished clone once, and takes everything from that one reading: the
// SHA-256 of the file, the hash of each page, and for an increment the pages that differ from the
// base. Content decides: LSNs and the server's list of tracked pages both miss pages that changed
// (docs/architecture.md says how).

import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import {
  isTablespaceName,
  parseTablespaceHeader,
  type TablespaceHeader,
  TABLESPACE_HEADER_BYTES,
} from '../innodb/tablespace-header.ts'
import { digestFile, type FileDigest, readBlocks } from '../repository/file-digest.ts'
import { type BaseTablespace, openBasePages } from './base-pages.ts'
import { createDelta } from './delta-writer.ts'
import { newPageRun } from './page-run.ts'

export interface ScanJob {
  /** Absolute path. */
  readonly file: string
  /** The same path in the data directory. */
  readonly path: string
  /** For an increment: where the changed pages go. */
  readonly delta?: string | undefined
  /** What the base holds under this path; without it every page that is not zero is a change. */
  readonly base?: BaseTablespace | undefined
}

export interface ScannedDelta extends FileDigest {
  readonly pages: number
  readonly fresh: boolean
}

export interface ScanResult extends FileDigest {
  /** Undefined for a file that is no tablespace. */
  readonly tablespace: (TablespaceHeader & { readonly pages: number }) | undefined
  readonly delta: ScannedDelta | undefined
}

/** Scans a file; each finished chunk of page hashes is handed to `emit`, compressed. */
export const scanFile = async (
  job: ScanJob,
  emit: (chunk: Uint8Array) => void,
): Promise<ScanResult> => {
  const header = await readHeader(job)
  if (header === undefined) {
    return { ...(await digestFile(job.file)), tablespace: undefined, delta: undefined }
  }
  return scanTablespace(job, header, emit)
}

/** A file counts as a tablespace when its name, its first page and its size agree. */
const readHeader = async (job: ScanJob): Promise<TablespaceHeader | undefined> => {
  if (!isTablespaceName(job.path)) return undefined
  const file = await open(job.file, 'r')
  try {
    const first = Buffer.alloc(TABLESPACE_HEADER_BYTES)
    const { bytesRead } = await file.read(first, 0, first.length, 0)
    const header = bytesRead === first.length ? parseTablespaceHeader(first) : undefined
    const { size } = await file.stat()
    return header !== undefined && size % header.physicalPageSize === 0 ? header : undefined
  } finally {
    await file.close()
  }
}

const scanTablespace = async (
  job: ScanJob,
  header: TablespaceHeader,
  emit: (chunk: Uint8Array) => void,
): Promise<ScanResult> => {
  const pageBytes = header.physicalPageSize
  const base = await openBasePages(job.base, header)
  const delta = job.delta === undefined ? undefined : await createDelta(job.delta, pageBytes)
  try {
    const hash = createHash('sha256')
    const pages = newPageRun(base, delta, emit)
    for await (const block of readBlocks(job.file)) {
      hash.update(block)
      for (let at = 0; at < block.length; at += pageBytes) {
        await pages.next(block.subarray(at, at + pageBytes))
      }
    }
    const count = await pages.end()
    const changed = await delta?.finish()
    return {
      sizeBytes: count * pageBytes,
      sha256: hash.digest('hex'),
      tablespace: { ...header, pages: count },
      delta: await describeDelta(job.delta, changed, base === undefined),
    }
  } finally {
    await delta?.[Symbol.asyncDispose]()
    await base?.[Symbol.asyncDispose]()
  }
}

const describeDelta = async (
  path: string | undefined,
  pages: number | undefined,
  fresh: boolean,
): Promise<ScannedDelta | undefined> =>
  path === undefined || pages === undefined
    ? undefined
    : { ...(await digestFile(path)), pages, fresh }
