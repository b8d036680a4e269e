// Who still needs the page tracking that is on: the same rules that decide about an increment.

import type { Backup } from '../chain/backup.ts'
import type { BackupId } from '../chain/backup-id.ts'
import { buildChains, usableBackups } from '../chain/chains.ts'
import { chooseBase, type Decision, type DonorState } from '../chain/choose-base.ts'
import type { Lsn } from '../chain/lsn.ts'

export interface BaseReference {
  readonly id: BackupId
  /** An increment on it holds the pages changed since this LSN. */
  readonly pageTrackLsn: Lsn
}

export const referTo = ({ id, pageTrackLsn }: Backup): BaseReference => ({ id, pageTrackLsn })

/** What would become of an increment asked for now. */
export interface NextIncrement {
  /** The newest usable backup of this server. */
  readonly base: Backup | undefined
  readonly decision: Decision
}

/** Judges by the backups of this server alone: tracking on it means nothing to others. */
export const judgeNextIncrement = (
  backups: readonly Backup[],
  donor: DonorState,
): NextIncrement => {
  const usable = usableBackups(buildChains(backups))
  const own = usable.filter((backup) => backup.serverUuid === donor.serverUuid)
  return { base: own.at(-1), decision: chooseBase('latest', own, donor) }
}

/** The base that ends to be one when the tracking that is on ends; undefined when none does. */
export const baseInNeed = (next: NextIncrement | undefined): Backup | undefined =>
  next?.decision.type === 'increment' && next.decision.base.trackedSince !== undefined
    ? next.decision.base
    : undefined
