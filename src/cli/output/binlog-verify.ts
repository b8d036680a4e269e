// What `binlog verify` answers: everything that is damaged, every gap with its two ends, then what was
// looked at.

import type { ArchiveVerdict } from '../../binlog/verify-archive.ts'
import type { BinlogProblem } from '../../binlog/verify-problem.ts'
import { errorTable } from '../../errors.ts'
import type { CommandResult } from '../command.ts'
import { archiveNameOf, gapFields, gapLine } from './binlog-fields.ts'
import { formatBytes } from './bytes.ts'
import { formatDuration } from './duration.ts'
import { type Column, formatTable } from './table.ts'

export interface BinlogVerifyFacts {
  readonly quick: boolean
  readonly samplePercent: number | null
  readonly durationMs: number
}

/** Damage makes it the exit code of INTEGRITY, gaps alone that of BINLOG_GAP. */
export const binlogVerifyResult = (
  verdicts: readonly ArchiveVerdict[],
  { quick, samplePercent, durationMs }: BinlogVerifyFacts,
): CommandResult => {
  const problems = verdicts.flatMap((verdict) => verdict.problems)
  const gaps = verdicts.flatMap((verdict) => verdict.gaps)
  const outcome = outcomeOf(problems.length, gaps.length)
  return {
    document: {
      outcome,
      quick,
      samplePercent,
      problems,
      gaps: gaps.map(gapFields),
      archives: verdicts.map(verdictFields),
      durationMs: Math.round(durationMs),
    },
    text: [
      ...problems.map(problemLine),
      ...gaps.map(gapLine),
      problems.length + gaps.length === 0 ? '' : '\n',
      tableText(verdicts),
      summary(verdicts, durationMs),
    ].join(''),
    exitCode: EXIT_CODES[outcome],
  }
}

type Outcome = 'ok' | 'gaps' | 'damaged'

const EXIT_CODES: Readonly<Record<Outcome, number>> = {
  ok: 0,
  gaps: errorTable.BINLOG_GAP.exitCode,
  damaged: errorTable.INTEGRITY.exitCode,
}

const outcomeOf = (problems: number, gaps: number): Outcome => {
  if (problems > 0) return 'damaged'
  return gaps > 0 ? 'gaps' : 'ok'
}

const verdictFields = ({ archive, read, bytesRead, problems, gaps }: ArchiveVerdict): object => ({
  archive: archiveNameOf(archive),
  serverUuid: archive.serverUuid,
  endedAt: archive.endedAt,
  outcome: outcomeOf(problems.length, gaps.length),
  binlogs: archive.binlogs.length,
  open: archive.tails.length,
  read,
  bytesRead,
  problems: problems.length,
  gaps: gaps.length,
})

const problemLine = ({ archive, file, code, message }: BinlogProblem): string => {
  // What the error of a file tells names it already.
  const what = message.includes(file) ? message : `${file} ${message}`
  return `damaged   ${archive}: ${code} ${what}\n`
}

const COLUMNS: readonly Column[] = [
  { title: 'ARCHIVE' },
  { title: 'BINLOGS', align: 'right' },
  { title: 'READ', align: 'right' },
  { title: 'BYTES READ', align: 'right' },
  { title: 'PROBLEMS', align: 'right' },
  { title: 'GAPS', align: 'right' },
]

const tableText = (verdicts: readonly ArchiveVerdict[]): string =>
  verdicts.length === 0
    ? ''
    : `${formatTable(
        COLUMNS,
        verdicts.map(({ archive, read, bytesRead, problems, gaps }) => [
          archiveNameOf(archive),
          String(archive.members.length),
          String(read),
          formatBytes(bytesRead),
          String(problems.length),
          String(gaps.length),
        ]),
      )}\n`

const summary = (verdicts: readonly ArchiveVerdict[], durationMs: number): string => {
  const sum = (of: (verdict: ArchiveVerdict) => number): number =>
    verdicts.reduce((total, verdict) => total + of(verdict), 0)
  const [read, bytes] = [sum((verdict) => verdict.read), sum((verdict) => verdict.bytesRead)]
  const [problems, gaps] = [
    sum((verdict) => verdict.problems.length),
    sum((verdict) => verdict.gaps.length),
  ]
  return [
    `verified:    ${read} binlog${read === 1 ? '' : 's'}, ${formatBytes(bytes)} read in ${formatDuration(durationMs)}`,
    `problems:    ${problems === 0 ? 'none' : problems}`,
    `gaps:        ${gaps === 0 ? 'none' : gaps}`,
    '',
  ].join('\n')
}
