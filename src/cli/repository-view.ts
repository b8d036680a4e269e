// What the repository holds, as the chain commands show it: read from its directories alone.

import { buildChains, type Chain, type Chains, type Member } from '../chain/chains.ts'
import { findBackup } from '../chain/find-backup.ts'
import { type DamagedBackup, readCatalog } from '../repository/catalog.ts'
import type { RepositoryLayout } from '../repository/layout.ts'
import { type UnsealedBackup, tellUnsealed } from './unsealed-backup.ts'

export interface RepositoryView extends Chains {
  readonly damaged: readonly DamagedBackup[]
  readonly unsealed: readonly UnsealedBackup[]
}

/** Reads the repository. Throws only when the directory itself cannot be read. */
export const viewRepository = async (layout: RepositoryLayout): Promise<RepositoryView> => {
  const catalog = await readCatalog(layout)
  return {
    ...buildChains(catalog.backups),
    damaged: catalog.damaged,
    unsealed: await Promise.all(catalog.unsealed.map((id) => tellUnsealed(layout, id))),
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
  if (damaged.length + unsealed.length > 0) return { chains: [], orphans: [], damaged, unsealed }
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
  }
}
