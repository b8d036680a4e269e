// What a drill leaves: the record of what was done and found, in the repository.

import type { BackupId } from '../chain/backup-id.ts'
import { ClonectlError } from '../errors.ts'
import { type DrillProblem, type DrillRecord, writeDrill } from '../repository/drill-file.ts'
import { ownIdentity } from '../system/process-identity.ts'
import { counted } from './counted.ts'
import type { DrillFindings } from './drill-findings.ts'
import type { DrillContext, DrillRequest } from './drill-request.ts'
import type { RestorePlan } from './request.ts'
import { targetDocument } from './target.ts'
import type { Stopwatch } from './stopwatch.ts'

export interface DrillRun {
  readonly begunAt: Date
  readonly stopwatch: Stopwatch
  readonly findings: DrillFindings
  readonly plan: RestorePlan
  readonly backup: BackupId
  /** Why it did not come to its end. */
  readonly failure: ClonectlError | undefined
}

/** What the problems come to; undefined when there are none. */
export const failureOfProblems = ({
  problems,
  logErrors,
}: DrillFindings): ClonectlError | undefined => {
  if (problems.length === 0) return undefined
  const kinds = [
    ['table', 'table'],
    ['pattern', 'pattern without a table'],
    ['probe', 'probe'],
  ] as const
  const parts = kinds.flatMap(([kind, words]) => {
    const of = problems.filter((problem) => problem.kind === kind).length
    return of === 0 ? [] : [kind === 'pattern' ? `${of} ${words}` : counted(of, words)]
  })
  return new ClonectlError('INTEGRITY', `not as it should be: ${parts.join(', ')}`, {
    hint: hintFor(problems),
    details: logErrors.length === 0 ? {} : { logErrors },
  })
}

const hintFor = (problems: readonly DrillProblem[]): string =>
  problems.some(({ kind }) => kind === 'table')
    ? 'look whether the donor has the same fault (CHECK TABLE there), drill an older backup, and take a full'
    : 'the tables are sound; look at what was expected of them'

/** Everything that is known of the drill by now. */
export const recordOf = (
  { clock, command, clonectlVersion }: DrillContext,
  { checkLevel, target }: DrillRequest,
  { begunAt, stopwatch, findings, plan, backup, failure }: DrillRun,
): DrillRecord => ({
  outcome: failure === undefined ? 'ok' : 'failed',
  error: failure === undefined ? null : errorFields(failure),
  problems: findings.problems,
  backup,
  chain: [...plan.chain],
  target: targetDocument(target),
  appliedBy: plan.appliedBy ?? null,
  begunAt: begunAt.toISOString(),
  endedAt: clock.now().toISOString(),
  durationMs: stopwatch.elapsedMs(),
  steps: stopwatch.steps(),
  host: ownIdentity().host,
  command,
  clonectlVersion,
  ...restoredFields(findings),
  checkLevel: checkLevel ?? null,
  tables: findings.tables,
  otherTables: findings.otherTables,
  probes: findings.probes,
})

const restoredFields = ({ restored, recoveryMs, mysqldVersion, gtidExecuted }: DrillFindings) => ({
  recoveryMs: recoveryMs ?? null,
  mysqldVersion: mysqldVersion ?? null,
  gtidExecuted: gtidExecuted ?? null,
  files: restored?.files ?? null,
  bytes: restored?.bytes ?? null,
})

const errorFields = ({ code, message, hint, details }: ClonectlError): DrillRecord['error'] => ({
  code,
  message,
  hint: hint ?? null,
  details,
})

/** Keeps it with the backup; returns the path, or undefined when it cannot be written there. */
export const keepEvidence = async (
  { repository, reporter }: DrillContext,
  backup: BackupId,
  record: DrillRecord,
): Promise<string | undefined> => {
  const paths = repository.backup(backup)
  try {
    return await writeDrill(paths, record)
  } catch (error) {
    // A repository may well be mounted read-only; what was found is told all the same.
    if (!(error instanceof Error && 'syscall' in error)) throw error
    reporter.warn(`the evidence cannot be kept in ${paths.drills}: ${error.message}`)
    return undefined
  }
}
