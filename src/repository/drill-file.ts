// The evidence of a drill: one file for each in `drills/` of the backup that was restored, named by the
// instant it was begun. Nothing but the listings reads it; losing it costs nothing but the proof.

import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { ClonectlError, hasSystemCode } from '../errors.ts'
import { isTemporaryName, syncDirectory, writeFileAtomic } from '../system/atomic-file.ts'
import { giveTo, ownerOf } from '../system/owner.ts'
import { readJsonFile } from './json-file.ts'
import { BACKUP_ENTRIES, type BackupPaths } from './layout.ts'

const instant = z.iso.datetime()
const count = z.int().nonnegative()

const tableSchema = z.object({
  /** `database.table`. */
  name: z.string(),
  /** What CHECK TABLE said; null when it was not asked. */
  check: z.enum(['ok', 'failed']).nullable(),
  /** What CHECKSUM TABLE said; null when it was not asked, or could not say. */
  checksum: z.string().nullable(),
  /** What the server said besides. */
  messages: z.array(z.string()).readonly(),
  durationMs: count,
})

const probeSchema = z.object({
  /** As it stands in the file of probes. */
  sql: z.string(),
  /** Where it begins there. */
  line: count,
  outcome: z.enum(['ok', 'failed']),
  /** What the first column of the first row had to be; null when nothing was expected. */
  expected: z.string().nullable(),
  /** What it was; null for SQL NULL, for no row, and when nothing was expected. */
  found: z.string().nullable(),
  /** Why it failed. */
  message: z.string().nullable(),
  durationMs: count,
})

const problemSchema = z.object({
  kind: z.enum(['table', 'pattern', 'probe']),
  /** The table, the pattern that no table matches, or the line of the probe. */
  name: z.string(),
  message: z.string(),
})

const drillSchema = z.object({
  format: z.literal(1),
  outcome: z.enum(['ok', 'failed']),
  /** Why it failed, in the words of an error. */
  error: z
    .object({
      code: z.string(),
      message: z.string(),
      hint: z.string().nullable(),
      details: z.record(z.string(), z.unknown()),
    })
    .nullable(),
  /** What was found to be wrong in the restored data. */
  problems: z.array(problemSchema).readonly(),
  /** The backup that was restored, with everything it sits on, the full first. */
  backup: z.string(),
  chain: z.array(z.string()).readonly(),
  target: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('backup'), reference: z.string() }),
    z.object({ kind: z.literal('time'), time: instant }),
    z.object({ kind: z.literal('gtid'), gtids: z.string() }),
    z.object({ kind: z.literal('before-gtid'), gtid: z.string() }),
    z.object({ kind: z.literal('position'), file: z.string(), position: count }),
    z.object({ kind: z.literal('end') }),
  ]),
  /** Who applied increments that the server made; null when there were none. */
  appliedBy: z.string().nullable(),
  begunAt: instant,
  endedAt: instant,
  /** From the beginning until the restored server answered; null when it never did. */
  recoveryMs: count.nullable(),
  /** From the beginning until everything was looked at. */
  durationMs: count,
  steps: z.array(z.object({ step: z.string(), durationMs: count })).readonly(),
  host: z.string(),
  command: z.string(),
  clonectlVersion: z.string(),
  /** Of the server that was started on the restored data; null when none answered. */
  mysqldVersion: z.string().nullable(),
  /** `@@gtid_executed` of it, without line feeds. */
  gtidExecuted: z.string().nullable(),
  /** What was restored; null when that failed. */
  files: count.nullable(),
  bytes: count.nullable(),
  /** The level of CHECK TABLE; null when tables were not checked. */
  checkLevel: z.string().nullable(),
  tables: z.array(tableSchema).readonly(),
  /** Tables of other engines than InnoDB: a clone holds no rows of them. */
  otherTables: count,
  probes: z.array(probeSchema).readonly(),
})

export type DrillRecord = Omit<z.infer<typeof drillSchema>, 'format'>
export type TableResult = z.infer<typeof tableSchema>
export type ProbeResult = z.infer<typeof probeSchema>
export type DrillProblem = z.infer<typeof problemSchema>

/** What a listing tells of a drill; its tables and problems are only counted. */
export interface DrillSummary extends Pick<
  DrillRecord,
  | 'outcome'
  | 'begunAt'
  | 'endedAt'
  | 'target'
  | 'recoveryMs'
  | 'durationMs'
  | 'clonectlVersion'
  | 'mysqldVersion'
> {
  /** Of the error it failed with. */
  readonly code: string | null
  readonly tables: number
  readonly problems: number
}

const FILE_NAME = /^UTC\d{8}T\d{6}\.\d{3}\.json$/

/** `UTC20261121T031500.000.json`: in the order of their names they are in the order of time. */
const fileNameOf = ({ begunAt }: DrillRecord): string =>
  `UTC${begunAt.replaceAll(/[-:Z]/g, '')}.json`

/** Says whether a path in a backup's directory is a drill's evidence, or what is left of writing it. */
export const isDrillPath = (path: string): boolean => {
  const [directory, name = '', ...deeper] = path.split('/')
  if (directory !== BACKUP_ENTRIES.drills || deeper.length > 0) return false
  return FILE_NAME.test(name) || (isTemporaryName(name) && /^UTC[\dT.]+\.json\./.test(name))
}

/**
 * Keeps the evidence and returns its path. Throws what the system throws when it cannot be written,
 * ENOENT when the backup has been moved away.
 */
export const writeDrill = async (paths: BackupPaths, record: DrillRecord): Promise<string> => {
  const owner = await ownerOf(paths.directory)
  if (await makeDirectory(paths.drills)) {
    await giveTo(owner, paths.drills)
    await syncDirectory(paths.directory)
  }
  const file = join(paths.drills, fileNameOf(record))
  await writeFileAtomic(file, `${JSON.stringify({ format: 1, ...record }, undefined, 1)}\n`)
  await giveTo(owner, file)
  return file
}

/** Whether it was made now. Only the directory itself: a backup that has gone is not brought back. */
const makeDirectory = async (path: string): Promise<boolean> => {
  try {
    await mkdir(path, { mode: 0o750 })
    return true
  } catch (error) {
    if (hasSystemCode(error, 'EEXIST')) return false
    throw error
  }
}

/** The last drill; undefined when there is no evidence of one that can be understood. */
export const readLastDrill = async (paths: BackupPaths): Promise<DrillSummary | undefined> => {
  const names = (await namesIn(paths.drills)).filter((name) => FILE_NAME.test(name))
  for (const name of names.sort().reverse()) {
    try {
      const record = await readJsonFile(drillSchema, join(paths.drills, name))
      if (record !== undefined) return summaryOf(record)
    } catch (error) {
      // It is no part of the backup: an older one says at least what it says.
      if (!(error instanceof ClonectlError)) throw error
    }
  }
  return undefined
}

const summaryOf = (record: DrillRecord): DrillSummary => {
  const { outcome, begunAt, endedAt, target, recoveryMs, durationMs } = record
  const { clonectlVersion, mysqldVersion, error, tables, problems } = record
  return {
    ...{ outcome, begunAt, endedAt, target, recoveryMs, durationMs },
    ...{ clonectlVersion, mysqldVersion },
    code: error?.code ?? null,
    tables: tables.length,
    problems: problems.length,
  }
}

const namesIn = async (directory: string): Promise<readonly string[]> => {
  try {
    return await readdir(directory)
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT') || hasSystemCode(error, 'ENOTDIR')) return []
    // A listing is no place to fail for what may not be read.
    if (hasSystemCode(error, 'EACCES')) return []
    throw error
  }
}
