// What `chain verify` answers: everything that is wrong, then what was looked at.

import { errorTable } from '../../errors.ts'
import { uncoveredFiles } from '../../repository/compare-tree.ts'
import type { VerifyOutcome } from '../../repository/verify.ts'
import type { VerifyProblem } from '../../repository/verify-problem.ts'
import type { BackupVerdict } from '../../repository/verify-scene.ts'
import type { CommandResult } from '../command.ts'
import type { UnsealedBackup } from '../unsealed-backup.ts'
import { formatInstant } from './backup-fields.ts'
import { formatBytes, formatRatio } from './bytes.ts'
import { formatDuration } from './duration.ts'
import { type Column, formatTable } from './table.ts'

export interface VerifyFacts {
  readonly deep: boolean
  readonly samplePercent: number | null
  readonly unsealed: readonly UnsealedBackup[]
  readonly durationMs: number
}

/** The outcome as a document and as text. Anything wrong makes it the exit code of INTEGRITY. */
export const verifyResult = (outcome: VerifyOutcome, facts: VerifyFacts): CommandResult => {
  const { backups, problems } = outcome
  const { deep, samplePercent, unsealed, durationMs } = facts
  return {
    document: {
      outcome: problems.length === 0 ? 'ok' : 'damaged',
      deep,
      samplePercent,
      problems,
      backups: backups.map(backupFields),
      unsealed,
      notCovered: uncoveredFiles,
      durationMs: Math.round(durationMs),
    },
    text: [
      ...problems.map(problemLine),
      ...unsealed.map(({ id, message }) => `unsealed  ${id}: ${message}\n`),
      problems.length + unsealed.length === 0 ? '' : '\n',
      tableText(backups, deep),
      summary(outcome, facts),
    ].join(''),
    exitCode: problems.length === 0 ? 0 : errorTable.INTEGRITY.exitCode,
  }
}

const backupFields = ({ problems, pages, ...verdict }: BackupVerdict): object => ({
  ...verdict,
  outcome: problems.length === 0 ? 'ok' : 'damaged',
  problems: problems.length,
  pages,
})

const problemLine = ({ backup, file, offset, code, message }: VerifyProblem): string => {
  const place = [file, ...(offset === null ? [] : [`at byte ${offset}`])]
  const where = place.filter((part) => part !== null).join(' ')
  return `damaged   ${backup}: ${code} ${where === '' ? '' : `${where}: `}${message}\n`
}

const COLUMNS: readonly Column[] = [
  { title: 'BACKUP' },
  { title: 'FILES READ', align: 'right' },
  { title: 'BYTES READ', align: 'right' },
  { title: 'OF ALL', align: 'right' },
  { title: 'PROBLEMS', align: 'right' },
  { title: 'ALL READ SINCE' },
]

const PAGE_COLUMNS: readonly Column[] = [
  { title: 'PAGES', align: 'right' },
  { title: 'EMPTY', align: 'right' },
  { title: 'UNCHECKED', align: 'right' },
]

const tableText = (backups: readonly BackupVerdict[], deep: boolean): string =>
  backups.length === 0
    ? ''
    : `${formatTable(deep ? [...COLUMNS, ...PAGE_COLUMNS] : COLUMNS, backups.map(row))}\n`

const row = (verdict: BackupVerdict): readonly string[] => [
  verdict.id,
  `${verdict.filesRead} of ${verdict.files}`,
  formatBytes(verdict.bytesRead),
  formatRatio(verdict.bytesRead, verdict.bytes),
  String(verdict.problems.length),
  verdict.completeSince === null ? '' : formatInstant(new Date(verdict.completeSince)),
  ...pageCells(verdict),
]

const uncheckedIn = ({ pages }: BackupVerdict): number =>
  Object.values(pages?.unchecked ?? {}).reduce((sum, count) => sum + count, 0)

const pageCells = (verdict: BackupVerdict): readonly string[] => {
  const { pages } = verdict
  if (pages === null) return []
  const looked = pages.sound + pages.faulty
  return [looked, pages.empty, uncheckedIn(verdict)].map(String)
}

const summary = ({ backups, problems }: VerifyOutcome, { durationMs }: VerifyFacts): string => {
  const bytes = backups.reduce((sum, { bytesRead }) => sum + bytesRead, 0)
  const closed = backups.reduce((sum, { encryptedFiles }) => sum + encryptedFiles, 0)
  const hidden = backups.reduce((sum, verdict) => sum + uncheckedIn(verdict), 0)
  return [
    `verified:    ${backups.length} backups, ${formatBytes(bytes)} read in ${formatDuration(durationMs)}`,
    `problems:    ${problems.length === 0 ? 'none' : problems.length}`,
    ...(closed === 0 ? [] : [`encrypted:   ${closed} files, verified by size and SHA-256 alone`]),
    ...(hidden === 0 ? [] : [`unchecked:   ${hidden} pages, encrypted or without a checksum`]),
    `not covered: ${uncoveredFiles.join(', ')}`,
    '',
  ].join('\n')
}
