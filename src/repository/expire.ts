// The story of an expiry: lock, look, plan, make sure that nobody reads what is to go, move it to the
// trash, the newest first. Each move is one rename, and what is left after any of them is whole chains:
// a run that is killed needs no clearing up, the next one goes on.

import { relative, sep } from 'node:path'
import type { BackupId } from '../chain/backup-id.ts'
import { type ExpiryPlan, planExpiry } from '../chain/plan-expiry.ts'
import type { RetentionPolicy } from '../chain/retention-policy.ts'
import { ClonectlError } from '../errors.ts'
import type { Reporter } from '../report/reporter.ts'
import type { Clock } from '../system/clock.ts'
import { acquireLock } from '../system/lock-file.ts'
import { openFilesIn } from '../system/open-files.ts'
import type { RepositoryLayout } from './layout.ts'
import { readNotes, writeNotes } from './notes-file.ts'
import { readRetentionScene, type RetentionScene } from './retention-scene.ts'
import { moveToTrash } from './trash.ts'

export interface ExpireContext {
  readonly reporter: Reporter
  readonly clock: Clock
  readonly signal: AbortSignal
  /** For the lock and the notes, secrets masked. */
  readonly command: string
}

export interface ExpireOutcome extends Omit<RetentionScene, 'input'> {
  readonly plan: ExpiryPlan
  /** Where each backup that was moved is now; empty after a dry run. */
  readonly moved: ReadonlyMap<BackupId, string>
}

/** Plans, and changes nothing. */
export const previewExpiry = async (
  { clock }: Pick<ExpireContext, 'clock'>,
  layout: RepositoryLayout,
  policy: RetentionPolicy,
): Promise<ExpireOutcome> => {
  const { input, ...rest } = await readRetentionScene(layout, clock.now())
  return { plan: planExpiry(input, policy), ...rest, moved: new Map() }
}

/**
 * Plans and does it, and then, with the lock still held, what the caller does to finish. Throws LOCKED, or
 * CANCELLED between two moves.
 */
export const expire = async (
  context: ExpireContext,
  layout: RepositoryLayout,
  policy: RetentionPolicy,
  finish: (outcome: ExpireOutcome) => Promise<void> = () => Promise.resolve(),
): Promise<ExpireOutcome> => {
  const { clock, command, reporter } = context
  await using lock = await acquireLock(layout.lock, { command, now: clock.now() })
  if (lock.tookOverFrom !== undefined)
    reporter.warn(`took over the lock of a dead run (pid ${lock.tookOverFrom.pid})`)
  const planned = await previewExpiry(context, layout, policy)
  await requireUnread(layout, planned.plan)
  const outcome = { ...planned, moved: await moveAll(context, layout, planned.plan) }
  await finish(outcome)
  return outcome
}

/** A restore or a copy that has lost its files would only fail, but need not. */
const requireUnread = async (
  { root }: RepositoryLayout,
  { expired }: ExpiryPlan,
): Promise<void> => {
  const going = new Set(expired.map(({ member }) => member.backup.id))
  const open = going.size === 0 ? [] : await openFilesIn(root)
  const reading = open.find(({ path }) => going.has(relative(root, path).split(sep)[0] ?? ''))
  if (reading === undefined) return
  throw new ClonectlError('LOCKED', `process ${reading.pid} has ${reading.path} open`, {
    hint: 'a restore or another reader is at work there; nothing was moved, try again later',
    details: { pid: reading.pid, path: reading.path },
  })
}

const moveAll = async (
  { reporter, clock, signal, command }: ExpireContext,
  layout: RepositoryLayout,
  { expired }: ExpiryPlan,
): Promise<ReadonlyMap<BackupId, string>> => {
  const moved = new Map<BackupId, string>()
  for (const { member, why } of expired) {
    signal.throwIfAborted()
    const { id } = member.backup
    const paths = layout.backup(id)
    const trashed = { at: clock.now().toISOString(), why: why.message, command }
    // Were it pinned or its notes unreadable, it would not go.
    await writeNotes(paths, { ...(await readNotes(paths)), trashed })
    const destination = await moveToTrash(layout, id)
    moved.set(id, destination)
    reporter.info(`moved ${id} to the trash`, { destination })
  }
  return moved
}
