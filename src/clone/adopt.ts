// The story of a clone made by hand becoming a backup: look at it, know whose it is, find what it
// sits on, bring it in, prove every file, seal. The clone stays where and as it was, unless it is to
// be moved; then it is renamed last of all, and back when the sealing fails.

import type { Backup } from '../chain/backup.ts'
import { ClonectlError } from '../errors.ts'
import { readCatalog } from '../repository/catalog.ts'
import type { RepositoryLayout } from '../repository/layout.ts'
import type { Manifest } from '../repository/manifest.ts'
import { openOrMakeRepository } from '../repository/repository.ts'
import type { Run } from '../repository/run.ts'
import { seal } from '../repository/seal.ts'
import { writeServerFile } from '../repository/server-file.ts'
import { acquireLock } from '../system/lock-file.ts'
import { giveTo, ownerOf } from '../system/owner.ts'
import { isInside, realPathOfNearest } from '../system/real-path.ts'
import { adoptionBackup, describeAdoption } from './adopted-backup.ts'
import { type AdoptedDonor, type DonorSource, knowDonor } from './adopted-donor.ts'
import { pageBytesOf, settingsOf } from './adopted-settings.ts'
import { adoptiveBase, requireNew } from './adoptive-base.ts'
import { beginAdoption, undoAdoption } from './adoption-run.ts'
import type { CloneContext } from './context.ts'
import { findClone, type FoundClone } from './found-clone.ts'
import { copyClone, moveClone, requireSameFilesystem } from './place-clone.ts'
import { proveAdopted } from './prove-adopted.ts'
import type { BackupOutcome } from './request.ts'

export type AdoptionContext = Omit<CloneContext, 'session' | 'openSession' | 'remote' | 'findTool'>

export interface AdoptionRequest {
  /** The clone's directory, as the user wrote it. */
  readonly directory: string
  readonly donor: DonorSource
  /** What an increment is to sit on; undefined for the latest that fits. */
  readonly base: string | undefined
  readonly label: string | undefined
  /** Whether the directory is renamed instead of copied. */
  readonly move: boolean
}

/** Everything that is known before anything is written. */
interface Adoption {
  readonly clone: FoundClone
  readonly donor: AdoptedDonor
  readonly base: Backup | undefined
  readonly pageBytes: number
  readonly request: AdoptionRequest
}

/**
 * Adopts. Throws USAGE, PATH_FORBIDDEN, INTEGRITY, BASE_UNUSABLE, BACKUP_UNKNOWN, LOCKED, SPACE,
 * SERVER or CANCELLED; the clone is where it was then, and no backup appears.
 */
export const adoptClone = async (
  context: AdoptionContext,
  request: AdoptionRequest,
): Promise<BackupOutcome> => {
  const { reporter, clock } = context
  const directory = await realPathOfNearest(request.directory)
  reporter.step('look', { directory })
  const clone = await findClone(directory)
  const donor = await knowDonor(request.donor, clone)
  if (request.donor.kind === 'server' && clone.engine === 'greatsql' && donor.history === null)
    reporter.warn('mysql.clone_history of the server that was asked has no row of this clone')
  const pageBytes = await pageBytesOf(clone, donor)
  requireApart(directory, await realPathOfNearest(context.repository))
  const layout = await openFor(context, directory)
  if (request.move) await requireSameFilesystem(directory, layout.root)
  await using lock = await acquireLock(layout.lock, { command: context.command, now: clock.now() })
  if (lock.tookOverFrom !== undefined)
    reporter.warn(`took over the lock of a dead run (pid ${lock.tookOverFrom.pid})`)
  const { backups } = await readCatalog(layout)
  const candidate = adoptionBackup(clone, donor)
  requireNew(candidate, backups)
  const base = clone.type === 'full' ? undefined : adoptiveBase(candidate, backups, request.base)
  const run = await beginAdoption(context, layout, clone)
  try {
    const manifest = await bringIn(context, layout, run, { clone, donor, base, pageBytes, request })
    return { manifest, directory: run.paths.directory, cleaned: [] }
  } catch (error) {
    await undoAdoption(context, layout, run, request.move ? directory : undefined)
    throw error
  }
}

/** mysqld, whose clone it is, must be able to write into a repository made here. */
const openFor = async (
  { repository, clock, reporter }: AdoptionContext,
  directory: string,
): Promise<RepositoryLayout> => {
  const { layout, made } = await openOrMakeRepository(repository, clock)
  if (!made) return layout
  const owner = await ownerOf(directory)
  await giveTo(owner, layout.root)
  await giveTo(owner, layout.header)
  reporter.info(`made a repository in ${layout.root}`)
  return layout
}

const requireApart = (directory: string, root: string): void => {
  if (!isInside(directory, root) && !isInside(root, directory)) return
  throw new ClonectlError(
    'PATH_FORBIDDEN',
    `${directory} lies in, or holds, the repository ${root}`,
    {
      hint: 'adopt clones that lie elsewhere',
      details: { directory, repository: root },
    },
  )
}

const bringIn = async (
  context: AdoptionContext,
  layout: RepositoryLayout,
  run: Run,
  { clone, donor, base, pageBytes, request }: Adoption,
): Promise<Manifest> => {
  const { reporter } = context
  reporter.step('begin', { id: run.id, ...(base && { base: base.id }) })
  await run.journal.begin('copy')
  if (!request.move) await copyClone(context, clone, run.paths.data)
  const directory = request.move ? clone.directory : run.paths.data
  const proven = await proveAdopted(context, { run, clone, directory, pageBytes })
  const backupOfBase = base && layout.backup(base.id)
  const settings = await settingsOf(donor, { pageBytes, files: proven.files, base: backupOfBase })
  await writeServerFile(run.paths, settings)
  const unlisted = describeAdoption({ context, request, run, clone, donor, base, proven })
  reporter.step('seal')
  if (request.move) {
    await run.journal.begin('move')
    await moveClone(clone.directory, run.paths.data)
  }
  return seal(run, unlisted, proven.files)
}
