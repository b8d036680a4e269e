// What the repository holds, as the chain commands show it: read from its directories alone.

import type { Backup } from '../chain/backup.ts'
import type { BackupId } from '../chain/backup-id.ts'
import { buildChains, type Chain, type Chains, type Member } from '../chain/chains.ts'
import { findBackup } from '../chain/find-backup.ts'
import { type DamagedBackup, readCatalog } from '../repository/catalog.ts'
import { type DrillSummary, readLastDrill } from '../repository/drill-file.ts'
import type { RepositoryLayout } from '../repository/layout.ts'
import { labelled, noNotes, type NotesReading, readAllNotes } from '../repository/notes-file.ts'
import { readVerified, type Verified } from '../repository/verified-file.ts'
import { mapLimit } from '../system/map-limit.ts'
import { type UnsealedBackup, tellUnsealed } from './unsealed-backup.ts'

export interface RepositoryView extends Chains {
  readonly damaged: readonly DamagedBackup[]
  readonly unsealed: readonly UnsealedBackup[]
  /** What `chain verify` last found in each sealed backup. */
  readonly verified: ReadonlyMap<BackupId, Verified>
  /** The last drill of each backup that was drilled. */
  readonly drilled: ReadonlyMap<BackupId, DrillSummary>
  /** Pins and labels; the labels stand in the backups already. */
  readonly notes: ReadonlyMap<BackupId, NotesReading>
}

const READERS = 8

/** Reads the repository. Throws only when the directory itself cannot be read. */
export const viewRepository = async (layout: RepositoryLayout): Promise<RepositoryView> => {
  const catalog = await readCatalog(layout)
  const notes = await readAllNotes(
    layout,
    catalog.backups.map(({ id }) => id),
  )
  const withLabel = (backup: Backup): Backup =>
    labelled(backup, notes.get(backup.id)?.notes ?? noNotes)
  return {
    ...buildChains(catalog.backups.map(withLabel)),
    notes,
    damaged: catalog.damaged,
    unsealed: await Promise.all(catalog.unsealed.map((id) => tellUnsealed(layout, id))),
    verified: new Map(
      await mapLimit(
        catalog.backups,
        READERS,
        async ({ id }) => [id, await readVerified(layout.backup(id))] as const,
      ),
    ),
    drilled: await readDrills(layout, catalog.backups),
  }
}

const readDrills = async (
  layout: RepositoryLayout,
  backups: readonly Backup[],
): Promise<RepositoryView['drilled']> => {
  const last = await mapLimit(backups, READERS, ({ id }) => readLastDrill(layout.backup(id)))
  return new Map(
    backups.flatMap(({ id }, index) => {
      const drill = last[index]
      return drill === undefined ? [] : [[id, drill]]
    }),
  )
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
  const { verified, drilled, notes } = view
  if (damaged.length + unsealed.length > 0)
    return { chains: [], orphans: [], damaged, unsealed, verified, drilled, notes }
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
    drilled,
    notes,
  }
}
