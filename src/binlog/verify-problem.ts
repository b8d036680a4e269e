// What `binlog verify` finds wrong. Codes never change their meaning: docs/json-output.md lists them.

import type { BinlogGap } from './binlog-gap.ts'

export const binlogCodes = [
  'ENTRY',
  'FILE',
  'SHA256',
  'CONTENT_SIZE',
  'CONTENT_SHA256',
  'NOT_A_BINLOG',
  'FACTS',
] as const

export type BinlogCode = (typeof binlogCodes)[number]

/** Something that is stored is not what was sealed. */
export interface BinlogProblem {
  /** Name of the archive's directory. */
  readonly archive: string
  /** Name of the binlog. */
  readonly binlog: string
  /** Relative to the archive's directory. */
  readonly file: string
  readonly code: BinlogCode
  /** Continues a sentence that begins with the file. */
  readonly message: string
  readonly expected: string | number | null
  readonly actual: string | number | null
}

/** A place that recovery cannot cross. */
export interface ArchiveGap extends BinlogGap {
  /** Name of the archive's directory. */
  readonly archive: string
}
