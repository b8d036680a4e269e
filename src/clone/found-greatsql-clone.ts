// A clone that GreatSQL made by hand, full or increment. Two of its files tell the LSNs, and must agree.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { BackupType } from '../chain/backup-id.ts'
import { CLONE_CHECKPOINTS, parseCloneCheckpoints } from '../mysql/clone-checkpoints.ts'
import {
  CLONE_VIEW_STATUS,
  type CloneViewStatus,
  parseCloneViewStatus,
} from '../mysql/clone-view-status.ts'
import { type CloneDirectory, requireSound, startProblems } from './clone-directory.ts'
import { shapeProblems } from './clone-shape.ts'
import type { FoundClone } from './found-clone.ts'

/** Reads what it is. Throws INTEGRITY saying everything that is wrong. */
export const readGreatsqlClone = async (found: CloneDirectory): Promise<FoundClone> => {
  const { directory, stored } = found
  const type: BackupType = stored.some(({ kind }) => kind === 'other') ? 'full' : 'increment'
  const codec = stored.find((file) => file.codec !== undefined)?.codec
  // GreatSQL writes this tablespace, or its delta, into every clone.
  const shape = { type, codec, encrypted: false, dataFiles: ['mysql.ibd'] }
  requireSound(directory, [...startProblems(found), ...shapeProblems(stored, shape)])
  const status = await readStatus(directory)
  requireSound(directory, statusProblems(status, type))
  return { ...status, ...found, engine: 'greatsql', type, codec }
}

const readStatus = async (directory: string): Promise<CloneViewStatus> => {
  const read = (path: string): Promise<string> => readFile(join(directory, path), 'utf8')
  const status = parseCloneViewStatus(
    await read(CLONE_VIEW_STATUS),
    join(directory, CLONE_VIEW_STATUS),
  )
  const file = join(directory, CLONE_CHECKPOINTS)
  const checkpoints = parseCloneCheckpoints(await read(CLONE_CHECKPOINTS), file)
  const [one, other] = [status, checkpoints].map(lsnText)
  requireSound(
    directory,
    one === other
      ? []
      : [`${CLONE_VIEW_STATUS} has the LSNs ${one}, ${CLONE_CHECKPOINTS} ${other}`],
  )
  return status
}

type Lsns = Pick<CloneViewStatus, 'startLsn' | 'pageTrackLsn' | 'endLsn'>

const lsnText = ({ startLsn, pageTrackLsn, endLsn }: Lsns): string =>
  `${startLsn}, ${pageTrackLsn}, ${endLsn}`

const statusProblems = ({ startLsn, endLsn }: Lsns, type: BackupType): readonly string[] => [
  ...((startLsn === 0n) === (type === 'full')
    ? []
    : [`its files are those of a ${type}, and its start LSN is ${startLsn}`]),
  ...(endLsn > 0n ? [] : ['it has no end LSN']),
]
