// What `chain verify` remembers of several backups, taken together.

import type { BackupId } from '../chain/backup-id.ts'
import type { Member } from '../chain/chains.ts'
import type { Verified } from '../repository/verified-file.ts'

export interface VerifiedState {
  /** When one of them was last verified and found right. */
  readonly lastSuccess: Date | undefined
  /** Found right the last time, as far as was looked. */
  readonly sound: number
  /** Something was found wrong, and it was not found right since. */
  readonly damaged: readonly BackupId[]
  /** Never verified. */
  readonly never: number
}

/** A file that was found wrong stays so until it is found right, whatever a later sample read. */
export const isDamaged = ({ last, faulty }: Verified): boolean =>
  faulty.length > 0 || (last !== null && last.problems > 0)

/** Sums up what is remembered of these backups. */
export const judgeVerified = (
  members: readonly Member[],
  verified: ReadonlyMap<BackupId, Verified>,
): VerifiedState => {
  const known = members.flatMap(({ backup: { id } }) => {
    const found = verified.get(id)
    return found === undefined || found.last === null ? [] : [{ id, found, at: found.last.at }]
  })
  const damaged = known.filter(({ found }) => isDamaged(found))
  const sound = known.filter(({ found }) => !isDamaged(found))
  const latest = sound.reduce((newest, { at }) => (at > newest ? at : newest), '')
  return {
    lastSuccess: latest === '' ? undefined : new Date(latest),
    sound: sound.length,
    damaged: damaged.map(({ id }) => id),
    never: members.length - known.length,
  }
}
