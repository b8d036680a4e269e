// How an encrypted file that cannot be read in full is reported.

import { ClonectlError } from '../errors.ts'

/** What was found, and where. */
export interface Damage {
  readonly file: string
  /** Byte of the encrypted file; none when the file as a whole is wrong. */
  readonly offset?: number | undefined
  /** Number of the chunk, from 0. */
  readonly chunk?: number | undefined
  /** Continues the sentence that begins with the name of the file. */
  readonly problem: string
  readonly hint?: string | undefined
  readonly cause?: unknown
}

/** INTEGRITY, with file, offset and chunk in its details. */
export const damaged = ({ file, offset, chunk, problem, hint, cause }: Damage): ClonectlError =>
  new ClonectlError('INTEGRITY', `${file}: ${problem}`, {
    hint: hint ?? 'Copy the file again from where the backup is kept, or use another backup.',
    details: {
      file,
      ...(offset !== undefined && { offset }),
      ...(chunk !== undefined && { chunk }),
    },
    cause,
  })
