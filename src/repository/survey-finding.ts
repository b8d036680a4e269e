// What a survey of a repository finds. Codes never change their meaning: docs/json-output.md lists them.

import type { BackupId } from '../chain/backup-id.ts'

export const surveyCodes = [
  'HEADER_MISSING',
  'HEADER_DAMAGED',
  'MANIFEST_DAMAGED',
  'RENAMED',
  'COPY',
  'BROKEN',
  'ORPHAN',
  'UNSEALED',
  'NOTES_DAMAGED',
  'NOT_READABLE',
  'TEMPORARY',
  'STRANGER',
] as const

export type SurveyCode = (typeof surveyCodes)[number]

/** What can be mended without guessing. */
export type Repair =
  | { readonly kind: 'write-header' }
  | { readonly kind: 'rename'; readonly from: string; readonly to: BackupId }
  | { readonly kind: 'remove-temporary' }

export interface SurveyFinding {
  readonly code: SurveyCode
  /** Relative to the repository. */
  readonly path: string
  /** Continues a sentence that begins with the path. */
  readonly message: string
  readonly repair: Repair | null
}

const harmless: ReadonlySet<SurveyCode> = new Set(['UNSEALED', 'TEMPORARY', 'STRANGER', 'COPY'])

/** Whether it keeps a backup from being used as it should be. */
export const isDamage = ({ code }: SurveyFinding): boolean => !harmless.has(code)
