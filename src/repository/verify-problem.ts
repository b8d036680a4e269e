// What `chain verify` finds wrong. Codes never change their meaning: docs/json-output.md lists them.

import type { BackupId } from '../chain/backup-id.ts'
import type { ProblemCode } from '../chain/problem.ts'

/** What can be wrong with what is stored. */
export const verifyCodes = [
  'MANIFEST_DAMAGED',
  'MANIFEST_MISSING',
  'FILE_MISSING',
  'FILE_SURPLUS',
  'DIRECTORY_MISSING',
  'DIRECTORY_SURPLUS',
  'NOT_A_FILE',
  'UNREADABLE',
  'SIZE',
  'SHA256',
  'FRAME',
  'ENCRYPTION',
  'CONTENT_SIZE',
  'CONTENT_SHA256',
  'META',
  'DELTA',
  'DELTA_UNPAIRED',
  'PAGE',
  'PAGEMAP',
  'SERVER_SETTINGS',
  'CHECKPOINTS',
] as const

export type VerifyCode = (typeof verifyCodes)[number]

export interface VerifyProblem {
  readonly backup: BackupId
  /** Relative to the backup's directory; null when it is about the backup itself. */
  readonly file: string | null
  /** Byte of the stored file, or for a page of a compressed one of its content. */
  readonly offset: number | null
  readonly expected: string | number | null
  readonly actual: string | number | null
  /** Or why it does not fit its chain. */
  readonly code: VerifyCode | ProblemCode
  /** Continues a sentence that begins with the file, or with the backup. */
  readonly message: string
}

/** A problem of one file, before it is known whose. */
export type FileProblem = Omit<VerifyProblem, 'backup'>

type Facts = Partial<Pick<FileProblem, 'offset' | 'expected' | 'actual'>>

export const fileProblem = (
  file: string | null,
  code: VerifyCode,
  message: string,
  facts: Facts = {},
): FileProblem => ({ file, offset: null, expected: null, actual: null, code, message, ...facts })

/** What was found where something else was expected. */
export const mismatch = (
  file: string,
  code: VerifyCode,
  what: string,
  [actual, expected]: readonly [string | number, string | number],
): FileProblem =>
  fileProblem(file, code, `${what} ${actual}, expected ${expected}`, { actual, expected })
