// What was found in a file against what the manifest says of it.

import type { PageFindings } from '../innodb/page-findings.ts'
import type { StoredFile } from './manifest.ts'
import type { Flaw, VerifiedFile } from './verify-file.ts'
import { type FileProblem, fileProblem, mismatch } from './verify-problem.ts'

/** Which listed file has these bytes; undefined when none has. */
export type FindOwner = (sha256: string) => string | undefined

/** Everything that is wrong with a file that was read; `file` is its absolute path. */
export const judgeFile = (
  entry: StoredFile,
  found: VerifiedFile,
  file: string,
  ownerOf: FindOwner,
): readonly FileProblem[] => [
  ...storedProblems(entry, found, ownerOf),
  ...(found.flaw === undefined ? [] : [flawProblem(entry.path, found.flaw, file)]),
  ...contentProblems(entry, found),
  ...(found.pages === undefined ? [] : pageProblems(entry.path, found.pages)),
]

const storedProblems = (
  { path, sizeBytes, sha256 }: StoredFile,
  { stored }: VerifiedFile,
  ownerOf: FindOwner,
): readonly FileProblem[] => {
  if (stored === undefined || stored.sha256 === sha256) return []
  if (stored.sizeBytes !== sizeBytes)
    return [mismatch(path, 'SIZE', 'has a size in bytes of', [stored.sizeBytes, sizeBytes])]
  return [digestProblem(path, stored.sha256, sha256, ownerOf)]
}

/** A file with other bytes than were sealed; files that changed places are told as such. */
export const digestProblem = (
  path: string,
  actual: string,
  expected: string,
  ownerOf: FindOwner,
): FileProblem => {
  const owner = ownerOf(actual)
  const problem = mismatch(path, 'SHA256', 'has the SHA-256', [actual, expected])
  return owner === undefined
    ? problem
    : { ...problem, message: `${problem.message}: it holds the bytes of ${owner}` }
}

/** What a reader says of a file begins with its path, which the problem has already. */
const flawProblem = (path: string, flaw: Flaw, file: string): FileProblem => {
  const { code, offset } = flaw
  const message = flaw.message.startsWith(file)
    ? flaw.message.slice(file.length).replace(/^:? /, '')
    : flaw.message
  return fileProblem(path, code, message, { offset: offset ?? null })
}

const contentProblems = (
  { path, content: expected }: StoredFile,
  { content }: VerifiedFile,
): readonly FileProblem[] => {
  if (expected === undefined || content === undefined) return []
  if (content.sizeBytes !== expected.sizeBytes) {
    const sizes = [content.sizeBytes, expected.sizeBytes] as const
    return [mismatch(path, 'CONTENT_SIZE', 'decompresses to bytes', sizes)]
  }
  if (content.sha256 === expected.sha256) return []
  const digests = [content.sha256, expected.sha256] as const
  return [mismatch(path, 'CONTENT_SHA256', 'decompresses to the SHA-256', digests)]
}

/** Of one file; a disk that lost a megabyte would fill the screen. */
const SHOWN_PAGES = 10

const WORDS = {
  checksum: ['has the checksum', 'its bytes give'],
  lsn: ['begins with the LSN', 'and ends with'],
  compression: ['should be', 'but has'],
} as const

const pageProblems = (
  path: string,
  { faults, faulty, restBytes }: PageFindings & { readonly restBytes: number },
): readonly FileProblem[] => {
  const shown = faults.slice(0, SHOWN_PAGES).map(({ what, pageNumber, offset, ...facts }) => {
    const [said, found] = WORDS[what]
    const message = `page ${pageNumber} ${said} ${facts.expected}, ${found} ${facts.actual}`
    return fileProblem(path, 'PAGE', message, { offset, ...facts })
  })
  const more = faulty - shown.length
  return [
    ...shown,
    ...(more > 0 ? [fileProblem(path, 'PAGE', `${more} more of its pages are wrong`)] : []),
    ...(restBytes > 0
      ? [fileProblem(path, 'PAGE', `ends within a page, after ${restBytes} bytes of it`)]
      : []),
  ]
}
