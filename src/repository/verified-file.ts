// verified.json: what `chain verify` found in a backup, and when each file was last read. It is the only
// file that is written to a sealed backup; nothing but verify and the listings believes it, so losing
// it costs nothing but the memory.

import { z } from 'zod'
import { ClonectlError } from '../errors.ts'
import { writeFileAtomic } from '../system/atomic-file.ts'
import { giveTo, ownerOf } from '../system/owner.ts'
import { readJsonFile } from './json-file.ts'
import type { BackupPaths } from './layout.ts'

const instant = z.iso.datetime()
const count = z.int().nonnegative()

const runSchema = z.object({
  /** When it had ended. */
  at: instant,
  clonectlVersion: z.string(),
  deep: z.boolean(),
  /** Of the bytes to be read; null when all were. */
  samplePercent: z.number().nullable(),
  /** What was read, of the stored files. */
  files: count,
  bytes: count,
  /** Found in this backup; 0 means that all is well. */
  problems: count,
})

const readsSchema = z.object({
  at: instant,
  deep: z.boolean(),
  /** Read then and found right, and not since. */
  files: z.array(z.string()).readonly(),
})

const verifiedSchema = z.object({
  format: z.literal(1),
  last: runSchema.nullable(),
  /** Every file was read and found right since then; null when that cannot be said. */
  completeSince: instant.nullable(),
  reads: z.array(readsSchema).readonly(),
  /** Files that were found wrong and not been found right since. */
  faulty: z.array(z.string()).readonly(),
})

export type VerifiedRun = z.infer<typeof runSchema>
export type Reads = z.infer<typeof readsSchema>
export type Verified = Omit<z.infer<typeof verifiedSchema>, 'format'>

/** Of a backup that was never verified. */
export const neverVerified: Verified = { last: null, completeSince: null, reads: [], faulty: [] }

/** What is remembered; nothing, when the file is missing or cannot be understood. */
export const readVerified = async (paths: BackupPaths): Promise<Verified> => {
  try {
    return (await readJsonFile(verifiedSchema, paths.verified)) ?? neverVerified
  } catch (error) {
    // It is no part of the backup: the next verification simply begins anew.
    if (error instanceof ClonectlError) return neverVerified
    throw error
  }
}

/** Replaces the file. Throws what the system throws when it cannot be written. */
export const writeVerified = async (paths: BackupPaths, verified: Verified): Promise<void> => {
  const owner = await ownerOf(paths.directory)
  await writeFileAtomic(paths.verified, `${JSON.stringify({ format: 1, ...verified })}\n`)
  await giveTo(owner, paths.verified)
}
