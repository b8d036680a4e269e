// A restore on paper: everything that is known before the first byte is written.

import { describeGap } from '../binlog/binlog-gap.ts'
import type { Backup } from '../chain/backup.ts'
import type { StoredKey } from '../cipher/stored-key.ts'
import { recoveryWindow } from '../chain/recovery-window.ts'
import { ClonectlError } from '../errors.ts'
import { microsOfDate } from '../mysql/commit-time.ts'
import type { RepositoryLayout } from '../repository/layout.ts'
import type { Coordinates } from '../repository/manifest.ts'
import { readManifest } from '../repository/manifest-file.ts'
import { requireKeyOf } from '../repository/open-key.ts'
import { freeBytes } from '../system/disk-space.ts'
import { mapLimit } from '../system/map-limit.ts'
import { type BinlogOutlook, outlookOf } from './replay/binlog-outlook.ts'
import { applierFor, requireApplier } from './choose-applier.ts'
import { planSteps } from './plan-steps.ts'
import type { Refusal, RestoreContext, RestorePlan, RestoreRequest } from './request.ts'
import { restorableBackups, selectChain, type Selection } from './select-chain.ts'
import {
  describeState,
  isRecovery,
  microsOfTarget,
  timeText,
  type RecoveryTarget,
} from './target.ts'
import { stageBytes } from './stage-bytes.ts'
import { requireFreeTarget } from './target-dir.ts'

/** What mysqld adds to a data directory when it starts: redo log, undo and temporary tablespaces. */
const INSTANCE_BYTES = 256 * 1024 * 1024

export interface RestoreDraft {
  readonly plan: RestorePlan
  /** Real path to make; undefined when it was refused. */
  readonly target: string | undefined
  readonly selection: Selection | undefined
  /** Undefined when nothing is encrypted. */
  readonly key: StoredKey | undefined
}

/**
 * Works the restore out. What stands against it is collected in the plan's refusals. `ownBytes` are taken
 * by an earlier run, and will be used again or freed.
 */
export const draftRestore = async (
  context: RestoreContext,
  request: RestoreRequest,
  ownBytes?: number,
): Promise<RestoreDraft> => {
  const refusals: Refusal[] = []
  const attempt = newAttempt(refusals)
  const layout = context.repository
  const target = await attempt(() => requireFreeTarget(request.targetDir, layout.root))
  await attempt(() => requireTools(context, request))
  const usable = await restorableBackups(layout)
  const selection = await attempt(() => selectChain(layout, usable, request.target))
  const key =
    selection &&
    (await attempt(() => requireKeyOf(selection.lineage, context.keySource, context.signal)))
  const outlook =
    selection && (await attempt(() => lookAtBinlogs(context, request, selection, usable)))
  const advice =
    selection && (await attempt(() => requireApplier(context, request, selection, target)))
  await attempt(() => requireReachable(request, usable, outlook))
  const disk = await diskFor(request, selection, outlook, ownBytes)
  const plan: RestorePlan = {
    target: request.target,
    targetDir: target ?? request.targetDir,
    chain: selection?.lineage.map(({ manifest }) => manifest.id) ?? [],
    steps: planSteps(request, selection, outlook),
    appliedBy: selection && applierFor(request, selection),
    binlogs: outlook?.binlogs ?? [],
    diskNeeded: disk.needed,
    diskFree: disk.free,
    recoveryWindow: recoveryWindow(usable, outlook?.reach),
    refusals: [...refusals, ...spaceRefusal(disk)],
    warnings: [...warningsOf(selection), ...(advice ?? [])],
  }
  return { plan, target, selection, key }
}

const warningsOf = (selection: Selection | undefined): readonly string[] =>
  (selection?.passedOver ?? []).map(
    (id) => `${id} is newer but cannot be restored, and was passed over: see clonectl chain show`,
  )

type Attempt = <T>(work: () => Promise<T>) => Promise<T | undefined>

/** Refusals are noted, so that all of them can be told at once; anything else is a bug and thrown. */
const newAttempt =
  (refusals: Refusal[]): Attempt =>
  async (work) => {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof ClonectlError)) throw error
      const { code, message, hint } = error
      refusals.push({ code, message, hint })
      return undefined
    }
  }

/** A program that is missing is found before everything is copied, not after. */
const requireTools = async (
  { findTool }: RestoreContext,
  { target, start }: RestoreRequest,
): Promise<void> => {
  const replays = isRecovery(target)
  if (replays || start) await findTool('mysqld')
  // The applier leaves some statements to a client; whether there are any, only the binlogs tell.
  for (const name of replays ? ['mysqlbinlog', 'mysql'] : []) await findTool(name)
}

const lookAtBinlogs = async (
  context: RestoreContext,
  { target, binlogs: source, skipGtids }: RestoreRequest,
  { tip, lineage }: Selection,
  usable: readonly Backup[],
): Promise<BinlogOutlook | undefined> => {
  const before = lineage.at(-1)?.manifest.before
  if (!isRecovery(target) || before === undefined) return undefined
  const seen = await sightings(context.repository, usable, tip)
  return outlookOf(context, { source, target, skipGtids, tip, before, sightings: seen })
}

/** Where the donor stood in its binlogs, and when, as other backups saw it. */
const sightings = async (
  layout: RepositoryLayout,
  usable: readonly Backup[],
  tip: Backup,
): Promise<readonly Coordinates[]> => {
  const later = usable.filter(
    ({ serverUuid, endTime }) => serverUuid === tip.serverUuid && endTime >= tip.endTime,
  )
  const manifests = await mapLimit(later, 8, ({ id }) => readManifest(layout.backup(id)))
  return manifests.flatMap((manifest) => (manifest === undefined ? [] : [manifest.after]))
}

const requireReachable = async (
  { target }: RestoreRequest,
  usable: readonly Backup[],
  outlook: BinlogOutlook | undefined,
): Promise<void> => {
  if (!isRecovery(target) || outlook === undefined || isReached(target, outlook)) return
  const reach = outlook.reach.toISOString()
  const window = recoveryWindow(usable, outlook.reach)
  const { gap, shortfall = '' } = outlook
  const behind =
    gap === undefined
      ? 'is later than the binlogs reach'
      : `lies behind a gap of the binlogs (${describeGap(gap)})`
  const more = gap === undefined ? '' : '; clonectl binlog verify tells more of the gap'
  throw new ClonectlError(
    gap === undefined ? 'TARGET_UNREACHABLE' : 'BINLOG_GAP',
    target.kind === 'time'
      ? `${timeText(target)} ${behind}; the recovery window is ${window?.from.toISOString() ?? '?'} to ${reach}`
      : `${describeState(target)} cannot be reached: ${shortfall}`,
    { hint: `the latest time that can be reached: --to-time ${reach}${more}` },
  )
}

const isReached = (
  target: RecoveryTarget,
  { reach, isStopped, shortfall }: BinlogOutlook,
): boolean => {
  if (isStopped) return true
  return target.kind === 'time'
    ? microsOfTarget(target) <= microsOfDate(reach)
    : shortfall === undefined
}

interface Disk {
  readonly needed: number
  readonly free: number
}

const diskFor = async (
  request: RestoreRequest,
  selection: Selection | undefined,
  outlook: BinlogOutlook | undefined,
  ownBytes = 0,
): Promise<Disk> => {
  const data = selection === undefined ? 0 : stageBytes(selection)
  const runs = request.start || isRecovery(request.target)
  const replayed = outlook?.binlogs.reduce((sum, file) => sum + file.to - file.from, 0) ?? 0
  // Replayed changes grow the data; the binlogs lie on the stage besides, fetched ones twice.
  const copies = request.binlogs?.kind === 'server' ? 3 : 2
  return {
    needed: data + (runs ? INSTANCE_BYTES : 0) + replayed * copies,
    free: (await freeBytes(request.targetDir)) + ownBytes,
  }
}

const spaceRefusal = (disk: Disk): readonly Refusal[] =>
  disk.needed <= disk.free
    ? []
    : [
        {
          code: 'SPACE',
          message: `the restore needs ${disk.needed} bytes, ${disk.free} are free`,
          hint: 'free space there, or choose a --target-dir on another disk',
        },
      ]
