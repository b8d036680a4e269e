// The manifest, format 1: what a sealed backup is. docs/repository-format.md is its page for users.
// It is written last, so a backup without a valid one does not exist.

import { z } from 'zod'
import type { Backup, LogPlace } from '../chain/backup.ts'
import { parseLsn } from '../chain/lsn.ts'

const lsn = z.string().refine((text) => parseLsn(text) !== undefined, 'not a decimal LSN')
const instant = z.iso.datetime()
const bytes = z.int().nonnegative()
/** A path relative to what holds it, '/' between its parts, never leading outside. */
const relativePath = z
  .string()
  .min(1)
  .refine((path) => !path.startsWith('/') && !path.split('/').includes('..'), 'leads outside')

const fileEntry = z.object({
  path: relativePath,
  sizeBytes: bytes,
  /** SHA-256 of the whole file, hexadecimal. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
})

/** A stored file; a compressed or encrypted one with size and hash of what it holds. */
const storedFile = fileEntry.extend({
  content: fileEntry.omit({ path: true }).optional(),
})

/** Where the donor stood in its own logs. */
const coordinates = z.object({
  at: instant,
  lsn,
  checkpointLsn: lsn,
  /** Null when the donor wrote no binlog. */
  binlogFile: z.string().nullable(),
  binlogPosition: z.string().nullable(),
  gtidExecuted: z.string(),
})

/**
 * How every stored file but `.meta` and those in `#clone/` is encrypted. Null: they are not, as in all
 * backups that were taken before there was encryption.
 */
const encryption = z
  .discriminatedUnion('scheme', [
    z.object({
      scheme: z.literal('aes-256-gcm'),
      /** Names the key without telling it. */
      keyId: z.string().regex(/^[0-9a-f]{16}$/),
    }),
    z.object({
      scheme: z.literal('greatsql'),
      /** As the key file has it, such as `aes-256-cbc`. */
      mode: z.string().min(1),
    }),
  ])
  .nullable()
  .default(null)

const delta = z.object({
  /** The tablespace's path in the data directory; the pages are in `data/<path>.delta`. */
  path: relativePath,
  spaceId: z.int().nonnegative(),
  pageBytes: z.int().positive(),
  pages: z.int().nonnegative(),
  /** True when the delta makes the file from nothing: older contents under this path are another tablespace's. */
  fresh: z.boolean(),
})

/** The schema of manifest.json, less its checksum. */
export const manifestSchema = z.object({
  format: z.literal(1),
  id: z.string(),
  type: z.enum(['full', 'increment']),
  engine: z.enum(['greatsql', 'mysql']),
  base: z.string().nullable(),
  label: z.string().nullable(),
  clonectlVersion: z.string(),
  donor: z.object({
    serverUuid: z.string().min(1),
    version: z.string().min(1),
    versionComment: z.string(),
    flavour: z.enum(['GreatSQL', 'Percona', 'MySQL']),
    hostname: z.string(),
    datadir: z.string(),
  }),
  /** The server that ran CLONE INSTANCE; null when the donor cloned itself. */
  recipient: z
    .object({ serverUuid: z.string().min(1), version: z.string(), hostname: z.string() })
    .nullable(),
  /** The server's own record in mysql.clone_history; null where there is no such table. */
  history: z
    .object({
      id: z.string(),
      pid: z.string(),
      cloneType: z.string(),
      source: z.string(),
      destination: z.string(),
    })
    .nullable(),
  startLsn: lsn,
  pageTrackLsn: lsn,
  endLsn: lsn,
  /** Since when the server tracked pages without a break; null when it did not. */
  trackedSince: lsn.nullable(),
  beginTime: instant,
  endTime: instant,
  before: coordinates,
  after: coordinates,
  compression: z.enum(['none', 'zstd', 'lz4']),
  encryption,
  decision: z.object({
    asked: z.enum(['full', 'increment']),
    code: z.string(),
    reason: z.string(),
  }),
  /** Only of a full that was made of a chain: what it holds the state of, and what it was made of. */
  mergedFrom: z
    .object({
      /** The increment that this full stands for. */
      tip: z.string(),
      /** The full first, the tip last. */
      chain: z.array(z.string()),
    })
    .optional(),
  /** Every stored file but this one and run.json, paths relative to the backup. */
  files: z.array(storedFile),
  emptyDirectories: z.array(relativePath),
  /** An increment's changed pages, one entry for each tablespace it touches. */
  deltas: z.array(delta),
  /**
   * What the data directory must be after a restore of this backup, paths relative to it; null
   * when only the server that made the pages could know (an increment or a compressed full of the
   * engine `greatsql`).
   */
  result: z
    .object({
      files: z.array(fileEntry),
      emptyDirectories: z.array(relativePath),
    })
    .nullable(),
  /** Bytes of the restored data directory; what the server estimates where `result` is null. */
  restoredBytes: bytes,
})

export type Manifest = z.infer<typeof manifestSchema>
export type FileEntry = z.infer<typeof fileEntry>
export type StoredFile = z.infer<typeof storedFile>
export type Encryption = NonNullable<Manifest['encryption']>
export type Coordinates = z.infer<typeof coordinates>
export type DeltaEntry = z.infer<typeof delta>

/** Bytes of all these files. */
export const sumBytes = (files: readonly Pick<FileEntry, 'sizeBytes'>[]): number =>
  files.reduce((sum, file) => sum + file.sizeBytes, 0)

/** One word for how and with which key; undefined when nothing is encrypted. */
export const encryptionName = (encryption: Manifest['encryption']): string | undefined => {
  if (encryption === null) return undefined
  const { scheme } = encryption
  return `${scheme}:${scheme === 'greatsql' ? encryption.mode : encryption.keyId}`
}

const placeOf = ({ at, binlogFile, binlogPosition, gtidExecuted }: Coordinates): LogPlace => ({
  at: new Date(at),
  binlogFile,
  binlogPosition: Number(binlogPosition ?? 0),
  gtidExecuted,
})

/** What the chain logic needs of a manifest. */
export const backupOf = (manifest: Manifest): Backup => ({
  id: manifest.id,
  type: manifest.type,
  engine: manifest.engine,
  base: manifest.base ?? undefined,
  serverUuid: manifest.donor.serverUuid,
  serverVersion: manifest.donor.version,
  startLsn: BigInt(manifest.startLsn),
  pageTrackLsn: BigInt(manifest.pageTrackLsn),
  endLsn: BigInt(manifest.endLsn),
  trackedSince: manifest.trackedSince === null ? undefined : BigInt(manifest.trackedSince),
  beginTime: new Date(manifest.beginTime),
  endTime: new Date(manifest.endTime),
  before: placeOf(manifest.before),
  after: placeOf(manifest.after),
  storedBytes: sumBytes(manifest.files),
  resultBytes: manifest.restoredBytes,
  compression: manifest.compression,
  encryption: encryptionName(manifest.encryption),
  label: manifest.label ?? undefined,
  standsFor: manifest.mergedFrom?.tip,
})
