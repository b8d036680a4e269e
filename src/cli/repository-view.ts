// What the repository holds, as the chain commands show it: read from its directories alone.

import type { BackupId } from '../chain/backup-id.ts'
import { buildChains, type Chain, type Chains, type Member } from '../chain/chains.ts'
import { findBackup } from '../chain/find-backup.ts'
import { type DamagedBackup, readCatalog } from '../repository/catalog.ts'
import type { RepositoryLayout } from '../repository/layout.ts'
import { readVerified, type Verified } from '../repository/verified-file.ts'
import { mapLimit } from '../system/map-limit.ts'
import { type UnsealedBackup, tellUnsealed } from './unsealed-backup.ts'

export interface RepositoryView extends Chains {
  readonly damaged: readonly DamagedBackup[]
  readonly unsealed: readonly UnsealedBackup[]
  /** What `chain verify` last found in each sealed backup. */
  readonly verified: ReadonlyMap<BackupId, Verified>
}

const READERS = 8

/** Reads the repository. Throws only when the directory itself cannot be read. */
export const viewRepository = async (layout: RepositoryLayout): Promise<RepositoryView> => {
  const catalog = await readCatalog(layout)
  return {
    ...buildChains(catalog.backups),
    damaged: catalog.damaged,
    unsealed: await Promise.all(catalog.unsealed.map((id) => tellUnsealed(layout, id))),
    verified: new Map(
      await mapLimit(
        catalog.backups,
        READERS,
        async ({ id }) => [id, await readVerified(layout.backup(id))] as const,
      ),
    ),
  }
}

/** Every sealed backup that could be read, oldest first. */
export const membersOf = ({ chains, orphans }: Chains): readonly Member[] =>
  [...chains.flatMap((chain) => chain.members), ...orphans].sort((a, b) =>
    a.backup.id < b.backup.id ? -1 : 1,
  )

/** Only what belongs to one backup: the chain it is in. Throws BACKUP_UNKNOWN. */
export const narrowTo = (reference: string, view: RepositoryView): RepositoryView => {
  const damaged = view.damaged.filter(({ id }) => id === reference)
  const unsealed = view.unsealed.filter(({ id }) => id === reference)
  const { verified } = view
  if (damaged.length + unsealed.length > 0)
    return { chains: [], orphans: [], damaged, unsealed, verified }
  const { id } = findBackup(
    reference,
    membersOf(view).map((member) => member.backup),
  )
  const isIt = (member: Member): boolean => member.backup.id === id
  const holdsIt = (chain: Chain): boolean => chain.members.some(isIt)
  return {
    chains: view.chains.filter(holdsIt),
    orphans: view.orphans.filter(isIt),
    damaged: [],
    unsealed: [],
    verified,
  }
}
