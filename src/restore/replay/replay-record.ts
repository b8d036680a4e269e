// replay.json on the stage: the data is whole and proved, and a replay has begun on it. By this a later run goes
// on where a killed one was, instead of making everything again.

import { join } from 'node:path'
import { z } from 'zod'
import { ClonectlError } from '../../errors.ts'
import { readJsonFile } from '../../repository/json-file.ts'
import { writeFileAtomic } from '../../system/atomic-file.ts'
import { bootId } from '../../system/boot-id.ts'

const recordSchema = z.object({
  format: z.literal(1),
  /** What is on the stage was not synced: it is whole as long as the machine runs. */
  bootId: z.string(),
  /** The backups it was made of. */
  chain: z.array(z.string()).readonly(),
  files: z.int().nonnegative(),
  bytes: z.int().nonnegative(),
  /** Where the backup ends, as the restored instance told before anything was replayed. */
  state: z.object({ file: z.string(), position: z.int(), gtidExecuted: z.string() }),
  /** Transactions that were left out. */
  skipGtids: z.string().nullable(),
  /** The account of the replay, which the next run drops. */
  account: z.string(),
})

export type ReplayRecord = Omit<z.infer<typeof recordSchema>, 'format' | 'bootId'>

const pathIn = (stage: string): string => join(stage, REPLAY_RECORD)

/** Name of the file. */
export const REPLAY_RECORD = 'replay.json'

/** Written before the first transaction. Nothing is written where nobody can tell whether the machine was restarted. */
export const writeReplayRecord = async (stage: string, record: ReplayRecord): Promise<void> => {
  const boot = bootId()
  if (boot === undefined) return
  const text = JSON.stringify({ format: 1, bootId: boot, ...record }, undefined, 1)
  await writeFileAtomic(pathIn(stage), `${text}\n`)
}

/** Undefined when there is none that can be believed: then the stage is made anew. */
export const readReplayRecord = async (stage: string): Promise<ReplayRecord | undefined> => {
  try {
    const record = await readJsonFile(recordSchema, pathIn(stage))
    return record?.bootId === bootId() ? record : undefined
  } catch (error) {
    if (error instanceof ClonectlError) return undefined
    throw error
  }
}
