// Reads one stored file to its end and says what it is, without judging it: hashes, what it holds, and
// the first thing in it that cannot be. Runs in worker threads, so it does without the schema
// library.

import { createHash } from 'node:crypto'
import { ClonectlError, type ErrorCode, hasSystemCode } from '../errors.ts'
import { createDeltaCheck, type DeltaSummary } from '../innodb/delta-check.ts'
import { createPageTally, type PageFindings } from '../innodb/page-findings.ts'
import { createTablespaceCheck } from '../innodb/tablespace-check.ts'
import { digestFile, type FileDigest } from './file-digest.ts'
import { readStored } from './read-stored.ts'
import { type Encoding, isEncoded } from './stored-content.ts'

/** What a delta's pages must be. */
export interface DeltaForm {
  readonly pageSize: number
  readonly spaceId: number
  /** Of a table with ROW_FORMAT=COMPRESSED. */
  readonly zip: boolean
}

/** With neither codec nor seal the file is taken as it is. */
export interface VerifyJob extends Encoding {
  /** Absolute path. */
  readonly file: string
  readonly sizeBytes: number
  /** For a delta that can be read. */
  readonly delta: DeltaForm | undefined
  /** For a tablespace file: the server's page size, in bytes. */
  readonly pageBytes: number | undefined
  /** Whether the checksums of pages are looked at. */
  readonly deep: boolean
}

/** Something in a file that cannot be. */
export interface Flaw {
  readonly code: 'FRAME' | 'ENCRYPTION' | 'DELTA' | 'UNREADABLE' | 'FILE_MISSING'
  readonly message: string
  readonly offset: number | undefined
}

export interface VerifiedFile {
  /** Undefined when it could not be read to its end. */
  readonly stored: FileDigest | undefined
  /** What an encoded file holds; undefined when it could not be decoded. */
  readonly content: FileDigest | undefined
  readonly flaw: Flaw | undefined
  readonly delta: DeltaSummary | undefined
  readonly pages: (PageFindings & { readonly restBytes: number }) | undefined
  /** For each page of a delta its number, when pages were looked at. */
  readonly pageNumbers: Uint32Array | undefined
}

/** Bytes between two messages of progress. */
const TELL_BYTES = 16 * 1024 * 1024

interface Look {
  feed(bytes: Buffer): void
  end(): Pick<VerifiedFile, 'delta' | 'pages' | 'pageNumbers'>
}

/** Reads a file; `tell` hears of stored bytes as they are read. */
export const verifyFile = async (
  job: VerifyJob,
  tell: (bytes: number) => void = () => undefined,
): Promise<VerifiedFile> => {
  const { file, sizeBytes } = job
  const encoded = isEncoded(job)
  const look = guarded(lookFor(job))
  const [stored, content] = [createHash('sha256'), createHash('sha256')]
  const sums = { stored: 0, content: 0, told: 0 }
  try {
    for await (const piece of readStored(file, job, sizeBytes)) {
      stored.update(piece.stored)
      sums.stored += piece.stored.length
      for (const bytes of piece.content) {
        if (encoded) content.update(bytes)
        sums.content += bytes.length
        look.feed(bytes)
      }
      if (sums.stored - sums.told < TELL_BYTES) continue
      tell(sums.stored - sums.told)
      sums.told = sums.stored
    }
  } catch (error) {
    return { ...nothing, content: undefined, ...(await afterFailure(error, job)) }
  } finally {
    tell(Math.max(0, sizeBytes - sums.told))
  }
  return {
    stored: { sizeBytes: sums.stored, sha256: stored.digest('hex') },
    content: encoded ? { sizeBytes: sums.content, sha256: content.digest('hex') } : undefined,
    ...look.end(),
  }
}

const nothing = {
  delta: undefined,
  pages: undefined,
  pageNumbers: undefined,
} as const

const lookFor = ({ file, delta, pageBytes, deep }: VerifyJob): Look => {
  if (delta !== undefined) return lookAtDelta(file, delta, deep)
  if (!deep || pageBytes === undefined) return { feed: () => undefined, end: () => nothing }
  const check = createTablespaceCheck(pageBytes)
  return {
    feed: (bytes) => {
      check.feed(bytes)
    },
    end: () => ({ ...nothing, pages: check.end() }),
  }
}

const lookAtDelta = (file: string, { zip, ...form }: DeltaForm, deep: boolean): Look => {
  const tally = createPageTally(zip)
  const numbers: number[] = []
  const check = createDeltaCheck(
    file,
    form,
    deep
      ? (page, pageNumber, offset) => {
          tally.look(page, { offset, pageNumber })
          numbers.push(pageNumber)
        }
      : undefined,
  )
  return {
    feed: (bytes) => {
      check.feed(bytes)
    },
    end: () => ({
      delta: check.end(),
      pages: deep ? { ...tally.findings(), restBytes: 0 } : undefined,
      pageNumbers: deep ? Uint32Array.from(numbers) : undefined,
    }),
  }
}

type GuardedLook = Omit<Look, 'end'> & {
  end(): ReturnType<Look['end']> & Pick<VerifiedFile, 'flaw'>
}

/** A delta that is not whole is a finding: the file is read on for its hash. */
const guarded = (look: Look): GuardedLook => {
  let flaw: Flaw | undefined
  const guard = <Result>(work: () => Result): Result | undefined => {
    if (flaw !== undefined) return undefined
    try {
      return work()
    } catch (error) {
      flaw = flawOf(error, 'DELTA')
      return undefined
    }
  }
  return {
    feed: (bytes) => {
      guard(() => {
        look.feed(bytes)
      })
    },
    end: () => {
      const result = guard(() => look.end()) ?? nothing
      return { ...result, flaw }
    },
  }
}

/** What could not be decoded still has a hash, which tells whether it was ever any better. */
const afterFailure = async (
  error: unknown,
  { file, seal }: VerifyJob,
): Promise<Pick<VerifiedFile, 'stored' | 'flaw'>> => {
  const code = seal === undefined ? 'FRAME' : 'ENCRYPTION'
  const flaw = flawOf(error, code)
  if (flaw.code !== code) return { stored: undefined, flaw }
  try {
    return { stored: await digestFile(file), flaw }
  } catch (failure) {
    return { stored: undefined, flaw: flawOf(failure, 'UNREADABLE') }
  }
}

/** The key opens the backup, so CONFIG tells of a file that was encrypted for another one. */
const TELLING: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['INTEGRITY', 'CONFIG'])

/** Throws what is none. */
const flawOf = (error: unknown, code: Flaw['code']): Flaw => {
  if (error instanceof ClonectlError && TELLING.has(error.code)) {
    const { offset } = error.details
    return { code, message: error.message, offset: typeof offset === 'number' ? offset : undefined }
  }
  if (hasSystemCode(error, 'ENOENT'))
    return { code: 'FILE_MISSING', message: 'is missing', offset: undefined }
  if (!(error instanceof Error && 'syscall' in error)) throw error
  return { code: 'UNREADABLE', message: `cannot be read: ${error.message}`, offset: undefined }
}
