// What clonectl notes in a data directory about the increments that were applied to it. mysqld keeps
// no such record and applies anything to anything, so without it the same increment could go in
// twice, or an older one after a newer.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { parseLsn } from '../chain/lsn.ts'
import { ClonectlError, hasSystemCode } from '../errors.ts'
import {
  CLONE_CHECKPOINTS,
  type CloneCheckpoints,
  parseCloneCheckpoints,
} from '../mysql/clone-checkpoints.ts'
import { readJsonFile } from '../repository/json-file.ts'
import { writeFileAtomic } from '../system/atomic-file.ts'
import { giveTo, type Owner } from '../system/owner.ts'

/** Beside the server's own notes, which a first start of the server does not mind. */
const STATE_FILE = '#clone/clonectl-applied.json'

const lsn = z.string().refine((text) => parseLsn(text) !== undefined, 'not a decimal LSN')

const stateSchema = z.object({
  format: z.literal(1),
  /** `applying`: a run changed the data directory and did not come to a good end. */
  state: z.enum(['applying', 'applied']),
  /** The full, then every increment in the order they were applied. */
  backups: z.array(z.object({ startLsn: lsn, pageTrackLsn: lsn, endLsn: lsn })),
})

export interface AppliedState {
  readonly state: 'applying' | 'applied'
  readonly backups: readonly CloneCheckpoints[]
}

/** Reads the note; without one, the data directory is the full that its own checkpoints tell of. */
export const readAppliedState = async (data: string): Promise<AppliedState> => {
  const noted = await readJsonFile(stateSchema, join(data, STATE_FILE))
  if (noted === undefined) return { state: 'applied', backups: [await readCheckpoints(data)] }
  return {
    state: noted.state,
    backups: noted.backups.map((backup) => ({
      startLsn: BigInt(backup.startLsn),
      pageTrackLsn: BigInt(backup.pageTrackLsn),
      endLsn: BigInt(backup.endLsn),
    })),
  }
}

/** Whether a run changed the data directory and did not come to a good end. */
export const isTainted = async (data: string): Promise<boolean> =>
  (await readJsonFile(stateSchema, join(data, STATE_FILE)))?.state === 'applying'

/** Writes the note, durably. */
export const writeAppliedState = async (
  data: string,
  { state, backups }: AppliedState,
  owner: Owner,
): Promise<void> => {
  const document = {
    format: 1,
    state,
    backups: backups.map(({ startLsn, pageTrackLsn, endLsn }) => ({
      startLsn: String(startLsn),
      pageTrackLsn: String(pageTrackLsn),
      endLsn: String(endLsn),
    })),
  }
  const path = join(data, STATE_FILE)
  await writeFileAtomic(path, `${JSON.stringify(document, undefined, 1)}\n`)
  await giveTo(owner, path)
}

/** The LSNs of the clone in `directory`. Throws INTEGRITY when they are not there. */
export const readCheckpoints = async (directory: string): Promise<CloneCheckpoints> => {
  const file = join(directory, CLONE_CHECKPOINTS)
  try {
    return parseCloneCheckpoints(await readFile(file, 'utf8'), file)
  } catch (error) {
    if (!hasSystemCode(error, 'ENOENT')) throw error
    throw new ClonectlError(
      'INTEGRITY',
      `${directory} is no clone of GreatSQL: ${file} is missing`,
      {
        hint: 'name a whole copy of a backup that GreatSQL 8.0.32-26 or later made',
        details: { file },
        cause: error,
      },
    )
  }
}
