// The journal of one run (run.json): who is at work and how far, written before each step, so
// that a run which was killed can be recognised and cleaned up by the next.

import { z } from 'zod'
import { ClonectlError } from '../errors.ts'
import { writeFileAtomic } from '../system/atomic-file.ts'
import type { Clock } from '../system/clock.ts'
import type { ProcessIdentity } from '../system/process-identity.ts'
import { readJsonFile } from './json-file.ts'

const runSchema = z.object({
  format: z.literal(1),
  command: z.string(),
  owner: z.object({ pid: z.int(), startTime: z.string().nullable(), host: z.string() }),
  /** The session that runs the CLONE statement, so that a later run can end an orphaned one. */
  session: z.object({ serverUuid: z.string(), connectionId: z.int() }).nullable(),
  /** The statement sent, secrets masked. */
  statement: z.string().nullable(),
  /** The private mysqld of a restore, so that a later run can end an orphaned one. */
  mysqld: z.object({ pid: z.int(), startTime: z.string().nullable(), host: z.string() }).nullable(),
  /** Global variables of a server as they were before this run changed them. */
  globals: z
    .object({ serverUuid: z.string(), values: z.record(z.string(), z.string()) })
    .nullable()
    .default(null),
  steps: z.array(z.object({ step: z.string(), at: z.iso.datetime() })),
})

export type RunRecord = z.infer<typeof runSchema>

/** Global variables by name, as text. */
export type GlobalValues = Readonly<Record<string, string>>

export interface RunJournal {
  readonly record: RunRecord
  /** Notes that a step is about to begin, durably. */
  begin(
    step: string,
    facts?: Partial<Pick<RunRecord, 'session' | 'statement' | 'mysqld' | 'globals'>>,
  ): Promise<void>
}

/** Opens a journal; its file appears with the first `begin`. */
export const openRunJournal = (
  path: string,
  command: string,
  owner: ProcessIdentity,
  clock: Clock,
): RunJournal => {
  let record: RunRecord = {
    format: 1,
    command,
    owner: { ...owner },
    session: null,
    statement: null,
    mysqld: null,
    globals: null,
    steps: [],
  }
  return {
    get record() {
      return record
    },
    async begin(step, facts = {}) {
      const steps = [...record.steps, { step, at: clock.now().toISOString() }]
      record = { ...record, ...facts, steps }
      await writeFileAtomic(path, `${JSON.stringify(record, undefined, 1)}\n`)
    },
  }
}

/**
 * Reads the journal of a backup for a listing; undefined also when it cannot be understood, which must
 * not hide the backups beside it.
 */
export const readJournalForListing = async (path: string): Promise<RunRecord | undefined> => {
  try {
    return await readRunJournal(path)
  } catch (error) {
    if (error instanceof ClonectlError) return undefined
    throw error
  }
}

/** Reads a journal; undefined when the run died before it wrote one. */
export const readRunJournal = (path: string): Promise<RunRecord | undefined> =>
  readJsonFile(runSchema, path)
