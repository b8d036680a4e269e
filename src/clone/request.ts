// What the user asked of a backup run, and what came of it.

import type { Engine } from '../chain/backup.ts'
import type { KeySource } from '../cipher/read-key.ts'
import type { Compression } from '../codec/compression.ts'
import type { Manifest } from '../repository/manifest.ts'

export interface BackupRequest {
  readonly type: 'full' | 'increment'
  /** What an increment is made on: `latest`, `latest-full`, an id or its unique beginning. */
  readonly base: string
  /** Whether a full may be taken when no increment can be made. */
  readonly fallback: boolean
  /** Whether page tracking is switched on in the donor. */
  readonly pageTrack: boolean
  readonly label: string | undefined
  /** Undefined: nothing is compressed. */
  readonly compression?: Compression | undefined
  /** Where the key is kept; undefined: nothing is encrypted. */
  readonly encryption?: KeySource | undefined
  /** Which engine; undefined for the one that the server allows. */
  readonly engine?: Engine | undefined
}

export interface BackupOutcome {
  readonly manifest: Manifest
  /** Absolute path of the sealed backup. */
  readonly directory: string
  /** What was moved to the trash because a dead run had left it. */
  readonly cleaned: readonly string[]
}
