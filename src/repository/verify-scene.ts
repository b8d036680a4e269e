// What verifying one backup needs and what comes of it.

import type { PageFindings } from '../innodb/page-findings.ts'
import type { StoredKey } from '../cipher/stored-key.ts'
import type { Reporter } from '../report/reporter.ts'
import type { Clock } from '../system/clock.ts'
import type { BackupPaths } from './layout.ts'
import type { Manifest } from './manifest.ts'
import type { FileProblem, VerifyProblem } from './verify-problem.ts'
import type { VerifyingPool } from './verifying-pool.ts'

export interface BackupScene {
  readonly paths: BackupPaths
  readonly manifest: Manifest
  /** What its encrypted files are read with; without it they are not looked into. */
  readonly key: StoredKey | undefined
  readonly pool: VerifyingPool
  readonly reporter: Reporter
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly clonectlVersion: string
  /** Whether page checksums are looked at. */
  readonly deep: boolean
  /** Null: everything is read. */
  readonly samplePercent: number | null
  /** Files read at once. */
  readonly parallel: number
  /** What is wrong with the backup as a link of its chain. */
  readonly chainProblems: readonly FileProblem[]
  /** Hears of stored bytes as they are read. */
  readonly onBytes: (bytes: number) => void
}

export interface BackupVerdict {
  readonly id: string
  readonly problems: readonly VerifyProblem[]
  /** Listed by the manifest. */
  readonly files: number
  readonly bytes: number
  readonly filesRead: number
  readonly bytesRead: number
  /** What page checksums said; null unless they were looked at. */
  readonly pages: Omit<PageFindings, 'faults'> | null
  /** Encrypted files that were read: only their sizes and hashes could be verified. */
  readonly encryptedFiles: number
  /** Every file was read and found right since; null when that cannot be said. */
  readonly completeSince: string | null
}
