// The story of a backup: lock, clear what a dead run left, ask the donor, check, decide, let the
// engine make the data, seal. Whatever fails on the way leaves no backup behind.

import type { Decision } from '../chain/choose-base.ts'
import { readRestoreSettings } from '../mysql/restore-settings.ts'
import { readCatalog } from '../repository/catalog.ts'
import type { RepositoryLayout } from '../repository/layout.ts'
import type { Manifest } from '../repository/manifest.ts'
import { openOrMakeRepository } from '../repository/repository.ts'
import { writeServerFile } from '../repository/server-file.ts'
import { acquireLock } from '../system/lock-file.ts'
import { giveTo, ownerOf } from '../system/owner.ts'
import type { CloneContext } from './context.ts'
import { decide } from './decide.ts'
import { inspectDonor, readDonorState, trackedSince } from './donor.ts'
import type { EngineJob, EngineResult } from './engine.ts'
import { mysqlEngine } from './engines/mysql.ts'
import { localServer } from './checks/local-server.ts'
import { repositoryPath } from './checks/repository-path.ts'
import { clearLeftovers } from './leftovers.ts'
import { startTracking } from './page-tracking.ts'
import { requirePreflight } from './preflight.ts'
import type { BackupOutcome, BackupRequest } from './request.ts'
import { beginRun, discardRun, type Run } from './run.ts'
import { seal } from './seal.ts'

/**
 * Takes a full or an increment and seals it. Throws LOCKED, PREFLIGHT, BASE_UNUSABLE, SERVER,
 * INTEGRITY or CANCELLED; no sealed backup is touched then, and none appears.
 */
export const takeBackup = async (
  context: CloneContext,
  request: BackupRequest,
): Promise<BackupOutcome> => {
  const { reporter, clock, session } = context
  const donor = await inspectDonor(session)
  const scene = { session, ...donor, repository: context.repository, pageTrack: request.pageTrack }
  // Nothing is made before it is known that the place is on the server's machine and apart from its files.
  await requirePreflight(scene, reporter, [localServer, repositoryPath])
  const { layout, made } = await openOrMakeRepository(context.repository, clock)
  if (made) {
    // mysqld must be able to reach what it clones into.
    const owner = await ownerOf(donor.identity.datadir)
    await giveTo(owner, layout.root)
    await giveTo(owner, layout.header)
    reporter.info(`made a repository in ${layout.root}`)
  }
  await using lock = await acquireLock(layout.lock, { command: context.command, now: clock.now() })
  if (lock.tookOverFrom !== undefined) {
    reporter.warn(`took over the lock of a dead run (pid ${lock.tookOverFrom.pid})`)
  }
  const catalog = await readCatalog(layout)
  const cleaned = await clearLeftovers(context, layout, catalog)
  await requirePreflight(scene, reporter)
  const state = await readDonorState(session, donor)
  const decision = await decide(request, layout, catalog.backups, state)
  if (decision.type !== request.type) reporter.warn(`taking a full: ${decision.reason}`)
  const run = await beginRun(context, layout, decision.type, donor.identity.datadir)
  try {
    const job = { context, layout, donor, run }
    const manifest = await makeBackup(job, request, decision)
    return { manifest, directory: run.paths.directory, cleaned }
  } catch (error) {
    await discardQuietly(context, layout, run)
    throw error
  }
}

/** The failure that is being told must not be hidden by one in clearing up; the next run clears too. */
const discardQuietly = async (
  context: CloneContext,
  layout: RepositoryLayout,
  run: Run,
): Promise<void> => {
  try {
    const destination = await discardRun(layout, run)
    context.reporter.info(`removed the unfinished ${run.id}, its journal is in the trash`, {
      destination,
    })
  } catch (error) {
    context.reporter.warn(`could not clear ${run.paths.directory}: ${String(error)}`)
  }
}

const makeBackup = async (
  job: EngineJob,
  request: BackupRequest,
  decision: Decision,
): Promise<Manifest> => {
  const { context, donor, run } = job
  context.reporter.step('begin', { id: run.id })
  if (request.pageTrack) await startTracking({ session: context.session })
  const tracked = request.pageTrack
    ? await trackedSince(context.session, donor.capabilities)
    : undefined
  const result =
    decision.type === 'full'
      ? await mysqlEngine.takeFull(job)
      : await mysqlEngine.takeIncrement(job, decision.base)
  await writeServerFile(run.paths, await readRestoreSettings(context.session))
  context.reporter.step('seal')
  const unlisted = describe(job, request, decision, result, tracked)
  return seal(run, unlisted, result.files)
}

type Unlisted = Omit<Manifest, 'files' | 'emptyDirectories'>

const describe = (
  { context, donor, run }: EngineJob,
  request: BackupRequest,
  decision: Decision,
  result: EngineResult,
  tracked: bigint | undefined,
): Unlisted => ({
  format: 1,
  id: run.id,
  type: decision.type,
  engine: mysqlEngine.name,
  base: decision.type === 'increment' ? decision.base.id : null,
  label: request.label ?? null,
  clonectlVersion: context.clonectlVersion,
  donor: { ...donor.identity },
  startLsn: result.startLsn.toString(),
  pageTrackLsn: result.pageTrackLsn.toString(),
  endLsn: result.endLsn.toString(),
  trackedSince: tracked?.toString() ?? null,
  beginTime: result.beginTime.toISOString(),
  endTime: result.endTime.toISOString(),
  before: result.before,
  after: result.after,
  compression: 'none',
  decision: {
    asked: request.type,
    code: decision.type === 'full' ? decision.code : 'INCREMENT',
    reason: decision.reason,
  },
  deltas: [...result.deltas],
  result: {
    files: [...result.result.files],
    emptyDirectories: [...result.result.emptyDirectories],
  },
})
