// Decides between an increment and a full: the chain logic first, then a look at the files of
// every backup the increment would depend on.

import type { Backup } from '../chain/backup.ts'
import { buildChains, usableBackups } from '../chain/chains.ts'
import { chooseBase, type Decision, type DonorState } from '../chain/choose-base.ts'
import { lineageOf } from '../chain/lineage.ts'
import type { StoredKey } from '../cipher/stored-key.ts'
import { ClonectlError } from '../errors.ts'
import { digestFile } from '../repository/file-digest.ts'
import { BACKUP_ENTRIES, type RepositoryLayout } from '../repository/layout.ts'
import { readManifest } from '../repository/manifest-file.ts'
import { requireOpens } from '../repository/open-key.ts'
import { quickCheck } from '../repository/quick-check.ts'
import type { BackupRequest } from './request.ts'
import { startLsnOf } from './server-base.ts'

/** The donor, and the key of what would be taken. */
export interface DecidingState extends DonorState {
  readonly key?: StoredKey | undefined
}

/** Decides. Throws BASE_UNUSABLE when no increment can be made and a full was ruled out. */
export const decide = async (
  request: BackupRequest,
  layout: RepositoryLayout,
  backups: readonly Backup[],
  donor: DecidingState,
): Promise<Decision> => {
  if (request.type === 'full')
    return { type: 'full', code: 'FULL_ASKED', reason: 'a full was asked for' }
  const usable = usableBackups(buildChains(backups))
  const chosen = chooseBase(request.base, usable, donor)
  const decision =
    chosen.type === 'full'
      ? chosen
      : ((await damageIn(layout, chosen.base, usable)) ??
        (await keyObjection(layout, chosen.base, donor)) ??
        chosen)
  if (decision.type === 'full') requireNoLeak(usable, donor)
  if (decision.type === 'full' && !request.fallback) {
    throw new ClonectlError('BASE_UNUSABLE', `no increment can be made: ${decision.reason}`, {
      hint: 'take a full (clonectl full), or leave out --no-fallback',
      details: { reason: decision.code },
    })
  }
  return decision
}

/** Whoever forgot the key must not get a backup that everybody can read. */
const requireNoLeak = (usable: readonly Backup[], { encryption }: DonorState): void => {
  const newest = usable.at(-1)
  if (encryption !== undefined || newest?.encryption === undefined) return
  throw new ClonectlError('BASE_UNUSABLE', `${newest.id} is encrypted, and no key was given`, {
    hint: 'give --encrypt-key-file or --encrypt-key-command; clonectl full takes one that is not encrypted',
    details: { reason: 'ENCRYPTION_CHANGED' },
  })
}

/** GreatSQL's key has no name: only what it decrypts tells whether it is the one. */
const keyObjection = async (
  layout: RepositoryLayout,
  { id }: Backup,
  { key }: DecidingState,
): Promise<Decision | undefined> => {
  const paths = layout.backup(id)
  const manifest = key && (await readManifest(paths))
  if (key === undefined || manifest === undefined) return undefined
  try {
    await requireOpens({ manifest, paths }, key)
    return undefined
  } catch (error) {
    if (!(error instanceof ClonectlError) || error.code !== 'CONFIG') throw error
    return { type: 'full', code: 'ENCRYPTION_CHANGED', reason: error.message }
  }
}

/** An increment on a damaged chain would be worth nothing, so its files are looked at first. */
const damageIn = async (
  layout: RepositoryLayout,
  base: Backup,
  usable: readonly Backup[],
): Promise<Decision | undefined> => {
  for (const { id } of lineageOf(base, usable)) {
    const manifest = await readManifest(layout.backup(id))
    const [problem] =
      manifest === undefined
        ? ['its manifest is missing']
        : await quickCheck(layout.backup(id), manifest)
    if (problem !== undefined) return damaged(id, problem)
  }
  return base.engine === 'mysql' ? pagemapDamage(layout, base) : checkpointDamage(layout, base)
}

const damaged = (id: string, problem: string): Decision => ({
  type: 'full',
  code: 'BASE_DAMAGED',
  reason: `${id} is damaged: ${problem}`,
})

/** The page hashes decide what is in the increment: one wrong byte here would lose a page. */
const pagemapDamage = async (
  layout: RepositoryLayout,
  base: Backup,
): Promise<Decision | undefined> => {
  const paths = layout.backup(base.id)
  const manifest = await readManifest(paths)
  const recorded = manifest?.files.find((file) => file.path === BACKUP_ENTRIES.pagemap)
  return recorded?.sha256 === (await digestFile(paths.pagemap)).sha256
    ? undefined
    : damaged(base.id, 'its pagemap was changed')
}

const checkpointDamage = async (
  layout: RepositoryLayout,
  base: Backup,
): Promise<Decision | undefined> => {
  try {
    await startLsnOf(layout.backup(base.id), base)
    return undefined
  } catch (error) {
    if (error instanceof ClonectlError) return damaged(base.id, error.message)
    throw error
  }
}
