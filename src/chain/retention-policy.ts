// What retention is told: the rules the user asked for, and what is known of the backups besides their
// manifests.

import type { BackupId } from './backup-id.ts'
import type { Chains } from './chains.ts'

/** A backup stays when any rule keeps it. Counts and windows are taken for each server by itself. */
export interface RetentionPolicy {
  /** Every time from here on must stay reachable; undefined when no window was asked for. */
  readonly windowStart: Date | undefined
  /** How many fulls are kept with all that sits on them. */
  readonly keepFulls: number | undefined
  /** How many backups are kept with all they sit on. */
  readonly keepLast: number | undefined
  /** Pattern of labels that keep their backups. */
  readonly keepLabel: string | undefined
  /** Whether what cannot be restored goes, too, although its chain stays. */
  readonly includeBroken: boolean
}

export type KeepRule =
  | 'WINDOW'
  | 'WINDOW_START'
  | 'KEEP_FULL'
  | 'KEEP_LAST'
  | 'KEEP_LABEL'
  | 'NO_RULE'
  | 'PINNED'
  | 'NOTES_UNREADABLE'
  | 'LAST_GOOD'
  | 'LAST_OF_SERVER'
  | 'BROKEN'
  | 'NEEDED'

/** Why a backup stays. The message continues a sentence that begins with the backup. */
export interface KeepReason {
  readonly rule: KeepRule
  readonly message: string
}

export interface RetentionInput {
  readonly chains: Chains
  /** Those in which a verification found files that are not what was sealed. */
  readonly faulty: ReadonlySet<BackupId>
  /** Those that the user holds on to, whatever the rules say. */
  readonly held: ReadonlyMap<BackupId, KeepReason>
}
