// The story of a drill: restore a backup into a scratch directory as any other restore, start a server on
// it, look at every table, ask the probes, keep the evidence with the backup, and leave nothing behind.

import { ClonectlError, type ErrorCode } from '../errors.ts'
import { exists } from '../system/exists.ts'
import { failureOfProblems, keepEvidence, recordOf } from './drill-evidence.ts'
import { type DrillFindings, newFindings } from './drill-findings.ts'
import {
  beginDrillPlace,
  clearDeadDrills,
  type DrillPaths,
  type Leftovers,
  newDrillPaths,
  removeDrillPlace,
  requireScratch,
} from './drill-place.ts'
import type { DrillContext, DrillOutcome, DrillRequest } from './drill-request.ts'
import { inspectRestored } from './inspect-restored.ts'
import { meantBackup } from './meant-backup.ts'
import { measuringReporter } from './measured-restore.ts'
import { planRestore } from './plan.ts'
import type { Refusal, RestorePlan, RestoreRequest } from './request.ts'
import { requireNoRefusal } from './require-no-refusal.ts'
import { restore } from './restore.ts'
import { startStopwatch, type Stopwatch } from './stopwatch.ts'

/**
 * Drills. What is wrong with the backup is in the outcome. Throws what says nothing about the backup:
 * CONFIG, PATH_FORBIDDEN, SPACE, BACKUP_UNKNOWN, TARGET_UNREACHABLE, TOOL_MISSING, CANCELLED.
 */
export const drill = async (
  context: DrillContext,
  request: DrillRequest,
): Promise<DrillOutcome> => {
  const scratch = await requireScratch(request.scratchDir)
  await clearDeadDrills(context, scratch)
  const begunAt = context.clock.now()
  const stopwatch = startStopwatch(context.monotonicMs)
  const paths = newDrillPaths(scratch)
  const plan = await planDrill(context, request, paths)
  const findings = newFindings()
  let leftovers = { keep: false, keepLogs: false }
  try {
    const work = { paths, plan, stopwatch, findings }
    const broken = await failureIn(context, () => bringBackAndLook(context, request, work))
    const failure = broken ?? failureOfProblems(findings)
    const backup = plan.chain.at(-1) ?? (await meantBackup(context.repository, request.target))
    // Nothing can be kept about a backup that nobody knows.
    if (backup === undefined) throw failure ?? new Error('a drill of no backup')
    const run = { begunAt, stopwatch, findings, plan, backup, failure }
    const record = recordOf(context, request, run)
    const evidence = await keepEvidence(context, backup, record)
    const keep = request.keep && (await exists(paths.data))
    leftovers = { keep, keepLogs: failure?.code === 'PROCESS' }
    return { record, backup, failure, evidence, kept: keep ? paths.directory : undefined }
  } finally {
    await clearPlace(context, paths, leftovers)
  }
}

const restoreRequest = (
  { target, binlogs, replay, skipGtids, apply, parallel, mysqlUser }: DrillRequest,
  { data }: DrillPaths,
): RestoreRequest => ({
  ...{ target, binlogs, replay, skipGtids, apply, parallel, mysqlUser },
  targetDir: data,
  start: false,
})

/** A server will be started on it, which needs a program and some space. */
const planDrill = async (
  context: DrillContext,
  request: DrillRequest,
  paths: DrillPaths,
): Promise<RestorePlan> => {
  const plan = await planRestore(context, { ...restoreRequest(request, paths), start: true })
  return { ...plan, refusals: plan.refusals.map(inWordsOfDrill) }
}

const inWordsOfDrill = ({ code, message, hint }: Refusal): Refusal => {
  const reword = (text: string): string => text.replaceAll('--target-dir', '--scratch-dir')
  return { code, message: reword(message), hint: hint && reword(hint) }
}

interface DrillWork {
  readonly paths: DrillPaths
  readonly plan: RestorePlan
  readonly stopwatch: Stopwatch
  readonly findings: DrillFindings
}

const bringBackAndLook = async (
  context: DrillContext,
  request: DrillRequest,
  { paths, plan, stopwatch, findings }: DrillWork,
): Promise<void> => {
  requireNoRefusal(plan)
  const place = await beginDrillPlace(context, paths)
  const reporter = measuringReporter(context.reporter, stopwatch)
  const restored = await restore({ ...context, reporter }, restoreRequest(request, paths))
  stopwatch.pause()
  findings.restored = restored
  const tip = plan.chain.at(-1)
  if (tip === undefined) throw new Error('a plan without a backup')
  const backup = context.repository.backup(tip)
  await inspectRestored(context, request, { place, backup, stopwatch, findings })
}

/** What says that the backup cannot be brought back. Everything else is about the circumstances. */
const TELLING: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'CHAIN_BROKEN',
  'BINLOG_GAP',
  'INTEGRITY',
  'SERVER',
  'PROCESS',
])

const failureIn = async (
  { signal }: DrillContext,
  work: () => Promise<void>,
): Promise<ClonectlError | undefined> => {
  try {
    await work()
    return undefined
  } catch (error) {
    if (signal.aborted || !(error instanceof ClonectlError) || !TELLING.has(error.code)) throw error
    return error
  }
}

/** A failure in clearing up must not hide the outcome; the next drill clears up, too. */
const clearPlace = async (
  { reporter }: DrillContext,
  paths: DrillPaths,
  leftovers: Leftovers,
): Promise<void> => {
  try {
    await removeDrillPlace(paths, leftovers)
  } catch (error) {
    reporter.warn(`could not remove ${paths.directory}: ${String(error)}`)
  }
}
