// The story of a backup: lock, clear what a dead run left, ask the donor, check, decide, let the
// engine make the data, seal. Whatever fails on the way leaves no backup behind.

import type { Decision } from '../chain/choose-base.ts'
import type { StoredKey } from '../cipher/stored-key.ts'
import { readRestoreSettings } from '../mysql/restore-settings.ts'
import { readCatalog } from '../repository/catalog.ts'
import { encryptionName, type Manifest } from '../repository/manifest.ts'
import { encryptionBy, openKey } from '../repository/open-key.ts'
import { openOrMakeRepository } from '../repository/repository.ts'
import { beginRun, discardQuietly } from '../repository/run.ts'
import { seal } from '../repository/seal.ts'
import { writeServerFile } from '../repository/server-file.ts'
import { acquireLock } from '../system/lock-file.ts'
import { giveTo, ownerOf } from '../system/owner.ts'
import { checkScene } from './check-scene.ts'
import type { CloneContext } from './context.ts'
import { decide } from './decide.ts'
import { inspectServers, readDonorState, trackedSince } from './donor.ts'
import { describeBackup } from './describe-backup.ts'
import type { Engine, EngineJob } from './engine.ts'
import { greatsqlEngine } from './engines/greatsql.ts'
import { mysqlEngine } from './engines/mysql.ts'
import { localServer } from './checks/local-server.ts'
import { repositoryPath } from './checks/repository-path.ts'
import { clearLeftovers } from './leftovers.ts'
import { startTracking } from './page-tracking.ts'
import { requirePreflight } from './preflight.ts'
import type { BackupOutcome, BackupRequest } from './request.ts'

const engines: Readonly<Record<Engine['name'], Engine>> = {
  greatsql: greatsqlEngine,
  mysql: mysqlEngine,
}

/**
 * Takes a full or an increment and seals it. Throws CONFIG, LOCKED, PREFLIGHT, BASE_UNUSABLE,
 * SERVER, INTEGRITY or CANCELLED; no sealed backup is touched then, and none appears.
 */
export const takeBackup = async (
  context: CloneContext,
  request: BackupRequest,
): Promise<BackupOutcome> => {
  const { reporter, clock } = context
  const servers = await inspectServers(context)
  const { repository, remote } = context
  const scene = checkScene(servers, { ...request, repository, donorAddress: remote?.address })
  const engine = engines[scene.engine]
  const key = await keyFor(context, request, engine)
  // Nothing is made before it is known that the place is on the server's machine and apart from its files.
  await requirePreflight(scene, reporter, [localServer, repositoryPath])
  const { layout, made } = await openOrMakeRepository(context.repository, clock)
  if (made) {
    // mysqld must be able to reach what it clones into.
    const owner = await ownerOf(servers.recipient.identity.datadir)
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
  const encryption = key && encryptionName(encryptionBy(key))
  const state = { ...(await readDonorState(servers.donor, engine.name)), encryption, key }
  const decision = await decide(request, layout, catalog.backups, state)
  if (decision.type !== request.type) reporter.warn(`taking a full: ${decision.reason}`)
  const run = await beginRun(context, layout, decision.type, servers.recipient.identity.datadir)
  try {
    const job = { context, request, key, layout, ...servers, run }
    const manifest = await makeBackup(job, engine, decision)
    return { manifest, directory: run.paths.directory, cleaned }
  } catch (error) {
    await discardQuietly(reporter, layout, run)
    throw error
  }
}

/** A key that cannot be had, or is none, is told before anything is asked of the server. */
const keyFor = async (
  { signal }: CloneContext,
  { encryption }: BackupRequest,
  { name }: Engine,
): Promise<StoredKey | undefined> =>
  encryption && openKey(name === 'greatsql' ? 'greatsql' : 'aes-256-gcm', encryption, signal)

const makeBackup = async (
  job: EngineJob,
  engine: Engine,
  decision: Decision,
): Promise<Manifest> => {
  const { context, request, donor, run } = job
  context.reporter.step('begin', { id: run.id })
  if (request.pageTrack) await startTracking({ session: donor.session })
  const tracked = request.pageTrack ? await trackedSince(donor) : undefined
  const result =
    decision.type === 'full'
      ? await engine.takeFull(job)
      : await engine.takeIncrement(job, decision.base)
  await writeServerFile(run.paths, await readRestoreSettings(donor.session))
  context.reporter.step('seal')
  const unlisted = describeBackup(job, { engine: engine.name, decision, result, tracked })
  return seal(run, unlisted, result.files)
}
