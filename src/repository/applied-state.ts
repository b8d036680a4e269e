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
import { writeFileAtomic } from '../system/atomic-file.ts'
import { exists } from '../system/exists.ts'
import { giveTo, type Owner } from '../system/owner.ts'
import { checkSchema, parseJson, readJsonFile } from './json-file.ts'

/** Beside the server's own notes, which a first start of the server does not mind. */
export const APPLIED_STATE = '#clone/clonectl-applied.json'

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
  const noted = await readJsonFile(stateSchema, join(data, APPLIED_STATE))
  return noted === undefined
    ? { state: 'applied', backups: [await readCheckpoints(data)] }
    : stateOf(noted)
}

/** Reads the text of a note; errors call it `name`. Throws REPOSITORY_UNREADABLE or REPOSITORY_NEWER. */
export const parseAppliedState = (text: string, name: string): AppliedState =>
  stateOf(checkSchema(stateSchema, parseJson(text, name), name))

const stateOf = ({ state, backups }: z.infer<typeof stateSchema>): AppliedState => ({
  state,
  backups: backups.map((backup) => ({
    startLsn: BigInt(backup.startLsn),
    pageTrackLsn: BigInt(backup.pageTrackLsn),
    endLsn: BigInt(backup.endLsn),
  })),
})

/** How far a data directory has come. */
export interface ReachedState extends CloneCheckpoints {
  /** Absolute path of the file that says so. */
  readonly file: string
}

/**
 * The LSNs that the server noted when it made the newest of the backups in a data directory: in its own
 * file, or, where increments were applied, in the note that was taken of each one's. Throws INTEGRITY.
 */
export const readReachedState = async (data: string): Promise<ReachedState> => {
  const noted = join(data, APPLIED_STATE)
  if (!(await exists(noted)))
    return { ...(await readCheckpoints(data)), file: join(data, CLONE_CHECKPOINTS) }
  const { state, backups } = await readAppliedState(data)
  const last = backups.at(-1)
  if (state === 'applied' && last !== undefined) return { ...last, file: noted }
  throw new ClonectlError('INTEGRITY', `${noted} tells of an apply that did not come to its end`, {
    hint: 'take a full',
    details: { file: noted },
  })
}

/** Whether a run changed the data directory and did not come to a good end. */
export const isTainted = async (data: string): Promise<boolean> =>
  (await readJsonFile(stateSchema, join(data, APPLIED_STATE)))?.state === 'applying'

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
  const path = join(data, APPLIED_STATE)
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
