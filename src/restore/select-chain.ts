// Chooses the backup that a restore brings back, and everything it sits on.

import type { Backup } from '../chain/backup.ts'
import { type BackupId, makeBackupId } from '../chain/backup-id.ts'
import { buildChains, usableBackups } from '../chain/chains.ts'
import { findBackup } from '../chain/find-backup.ts'
import { lineageOf } from '../chain/lineage.ts'
import { ClonectlError } from '../errors.ts'
import { readCatalog } from '../repository/catalog.ts'
import { digestFile } from '../repository/file-digest.ts'
import { BACKUP_ENTRIES, type BackupPaths, type RepositoryLayout } from '../repository/layout.ts'
import type { FileEntry } from '../repository/manifest.ts'
import { readManifest } from '../repository/manifest-file.ts'
import { quickCheck } from '../repository/quick-check.ts'
import { type FileRecipe, fileRecipes, isKnownResult, type SealedBackup } from './layers.ts'
import { backupForTarget } from './backup-for-target.ts'
import { stagedFiles } from './stage-content.ts'
import { isRecovery, type RestoreTarget } from './target.ts'

export interface Selection {
  readonly tip: Backup
  /** The full first, `tip` last. */
  readonly lineage: readonly SealedBackup[]
  /** How each file is made; undefined when increments that the server made have to be applied. */
  readonly recipes: readonly FileRecipe[] | undefined
  /** Newer backups that were passed over because they cannot be restored. */
  readonly passedOver: readonly BackupId[]
}

/** Every backup of the repository that could be restored. */
export const restorableBackups = async (layout: RepositoryLayout): Promise<readonly Backup[]> =>
  usableBackups(buildChains((await readCatalog(layout)).backups))

/**
 * Selects. `usable` are the restorable backups. Throws BACKUP_UNKNOWN, TARGET_UNREACHABLE,
 * CHAIN_BROKEN, or INTEGRITY when a file that is needed is missing or has another size, or server.json
 * other contents.
 */
export const selectChain = async (
  layout: RepositoryLayout,
  usable: readonly Backup[],
  target: RestoreTarget,
): Promise<Selection> => {
  const chosen = await tipFor(layout, usable, target)
  // Of one that can be restored, `usable` knows what it is applied on, whatever it was made on.
  const tip = usable.find(({ id }) => id === chosen.id) ?? chosen
  const lineage: SealedBackup[] = []
  for (const { id } of lineageOf(tip, [...usable, tip])) {
    lineage.push(await readSealed(layout, id))
  }
  const passedOver = isChosenForUser(target) ? await passedOverFor(target, tip, layout, usable) : []
  const recipes = isKnownResult(lineage) ? fileRecipes(lineage) : undefined
  // Told now, not when the files are staged.
  if (recipes === undefined) for (const backup of lineage) stagedFiles(backup)
  return { tip, lineage, recipes, passedOver }
}

const WORDS = ['latest', 'latest-full', 'oldest']

/** Whether clonectl picks the backup, so that the user must be told of what it did not pick. */
const isChosenForUser = (target: RestoreTarget): boolean =>
  isRecovery(target) || target.reference === 'latest' || target.reference === 'latest-full'

/** Newer than the tip, not later than the target, and not usable. */
const passedOverFor = async (
  target: RestoreTarget,
  tip: Backup,
  layout: RepositoryLayout,
  usable: readonly Backup[],
): Promise<readonly BackupId[]> => {
  const { backups, damaged } = await readCatalog(layout)
  const good = new Set(usable.map(({ id }) => id))
  const latest = target.kind === 'time' ? makeBackupId(target.time, 'increment') : '~'
  return (
    [...backups, ...damaged]
      .map(({ id }) => id)
      // What a merged full stands for is the same state, whether it can still be restored or not.
      .filter((id) => id > tip.id && id <= latest && !good.has(id) && id !== tip.standsFor)
      .sort()
  )
}

/** A backup asked for by name is looked for among all, so that its own fault can be told. */
const tipFor = async (
  layout: RepositoryLayout,
  usable: readonly Backup[],
  target: RestoreTarget,
): Promise<Backup> => {
  if (isRecovery(target)) return backupForTarget(layout, usable, target)
  if (WORDS.includes(target.reference)) return findBackup(target.reference, usable)
  const catalog = await readCatalog(layout)
  const damaged = catalog.damaged.find(({ id }) => id.startsWith(target.reference))
  if (damaged !== undefined) throw damaged.error
  return findBackup(target.reference, catalog.backups)
}

const readSealed = async (layout: RepositoryLayout, id: string): Promise<SealedBackup> => {
  const paths = layout.backup(id)
  const manifest = await readManifest(paths)
  if (manifest === undefined) {
    throw new ClonectlError('CHAIN_BROKEN', `the manifest of ${id} has gone`, {
      hint: 'clonectl chain list shows what can be restored',
    })
  }
  const missing = await quickCheck(paths, { ...manifest, files: neededFiles(manifest.files) })
  const problems = missing.length > 0 ? missing : await settingsProblems(paths, manifest.files)
  if (problems.length === 0) return { manifest, paths }
  throw new ClonectlError('INTEGRITY', `${id} is damaged: ${problems.slice(0, 5).join('; ')}`, {
    hint: 'restore an older backup, or bring the files back from a copy of the repository',
    details: { backup: id, problems },
  })
}

/** A restore needs no page hashes. */
const neededFiles = (files: readonly FileEntry[]): FileEntry[] =>
  files.filter((file) => file.path !== BACKUP_ENTRIES.pagemap)

/** Data files prove themselves when they are staged; the settings are used without being staged. */
const settingsProblems = async (
  { server }: BackupPaths,
  files: readonly FileEntry[],
): Promise<readonly string[]> => {
  const recorded = files.find((file) => file.path === BACKUP_ENTRIES.server)
  const { sha256 } = await digestFile(server)
  return recorded?.sha256 === sha256
    ? []
    : [`${BACKUP_ENTRIES.server} has sha256 ${sha256}, expected ${recorded?.sha256 ?? 'none'}`]
}
