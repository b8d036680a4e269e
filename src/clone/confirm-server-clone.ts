// Confirms that a clone GreatSQL made is what was asked for. Its OK proves little: it makes a full
// instead of an increment without a word, and with compression and encryption both set an OK may
// mean that nothing was done. So three witnesses must agree: the row in mysql.clone_history, the
// files in #clone/, and the files of the backup.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { BackupType } from '../chain/backup-id.ts'
import type { Lsn } from '../chain/lsn.ts'
import { ClonectlError } from '../errors.ts'
import {
  CLONE_CHECKPOINTS,
  type CloneCheckpoints,
  parseCloneCheckpoints,
} from '../mysql/clone-checkpoints.ts'
import { type HistoryRow, normalDestination, readCloneHistory } from '../mysql/clone-history.ts'
import type { Session } from '../mysql/session.ts'
import { readStoredPath, type StoredPath } from '../repository/stored-kind.ts'
import { type FileTree, listTree } from '../system/file-tree.ts'
import { type CloneShape, shapeProblems } from './clone-shape.ts'

export interface ExpectedClone extends CloneShape {
  readonly directory: string
  /** Where an increment was asked to start; 0 for a full. */
  readonly startLsn: Lsn
  readonly pageTrack: boolean
  /** Session that ran the statement. */
  readonly connectionId: number
}

export interface ServerClone {
  readonly row: HistoryRow
  readonly beginTime: Date
  readonly endTime: Date
  readonly tree: FileTree
  readonly stored: readonly StoredPath[]
}

const CLONE_TYPES: Readonly<Record<BackupType, string>> = {
  full: 'full clone',
  increment: 'increment clone',
}

/** Throws INTEGRITY saying everything that is wrong. `session` is one on the server that cloned. */
export const confirmServerClone = async (
  session: Session,
  expected: ExpectedClone,
): Promise<ServerClone> => {
  const tree = await listTree(expected.directory)
  const row = await findRow(session, expected)
  const stored = tree.files.map(({ path }) => readStoredPath(path))
  const problems = [
    ...shapeProblems(stored, expected),
    ...(await checkpointProblems(expected.directory, row)),
    ...rowProblems(row, expected),
  ]
  const { beginTime, endTime } = row ?? {}
  if (problems.length === 0 && row && beginTime && endTime)
    return { row, beginTime, endTime, tree, stored }
  throw new ClonectlError(
    'INTEGRITY',
    `the clone in ${expected.directory} is not what was asked for: ${problems.join('; ')}`,
    {
      hint: 'look at the error log of the server that cloned, then take the backup again',
      details: { directory: expected.directory, problems },
    },
  )
}

/** Ids of sessions come back and rows stay for ever; no two clones share a directory. */
const findRow = async (
  session: Session,
  { directory, connectionId }: ExpectedClone,
): Promise<HistoryRow | undefined> => {
  const wanted = normalDestination(directory)
  const rows = await readCloneHistory(session)
  return rows.findLast(
    ({ pid, destination }) => pid === String(connectionId) && destination === wanted,
  )
}

const checkpointProblems = async (
  directory: string,
  row: HistoryRow | undefined,
): Promise<readonly string[]> => {
  const file = join(directory, CLONE_CHECKPOINTS)
  try {
    const { startLsn, pageTrackLsn, endLsn } = parseCloneCheckpoints(
      await readFile(file, 'utf8'),
      file,
    )
    const inFile = lsnText({ startLsn, pageTrackLsn, endLsn })
    if (row === undefined || lsnText(row) === inFile) return []
    return [`mysql.clone_history has the LSNs ${lsnText(row)}, ${CLONE_CHECKPOINTS} ${inFile}`]
  } catch (error) {
    // A missing one is told as a missing marker.
    return error instanceof ClonectlError ? [error.message] : []
  }
}

const lsnText = ({ startLsn, pageTrackLsn, endLsn }: CloneCheckpoints): string =>
  `${startLsn}, ${pageTrackLsn}, ${endLsn}`

const rowProblems = (row: HistoryRow | undefined, expected: ExpectedClone): readonly string[] => {
  if (row === undefined) return ['mysql.clone_history has no row of it']
  const { state, errorNo, errorMessage, cloneType, beginTime, endTime } = row
  return [
    ...(state === 'Completed' ? [] : [`its state is ${state}`]),
    ...(errorNo === 0 ? [] : [`error ${errorNo}: ${errorMessage}`]),
    ...(cloneType === CLONE_TYPES[expected.type]
      ? []
      : [`the server made a "${cloneType}", not a "${CLONE_TYPES[expected.type]}"`]),
    ...(beginTime && endTime ? [] : ['its times are not known']),
    ...lsnProblems(row, expected),
  ]
}

/** The server may start earlier, at its last reset point, but never later than was asked for. */
const lsnProblems = (
  { startLsn, pageTrackLsn, endLsn }: HistoryRow,
  { startLsn: asked, pageTrack }: ExpectedClone,
): readonly string[] => {
  const problems: string[] = []
  if (startLsn > asked) problems.push(`it starts at LSN ${startLsn}, after ${asked}`)
  if (asked > 0n && startLsn === 0n) problems.push('it is an increment that starts at LSN 0')
  if (endLsn === 0n) problems.push('it has no end LSN')
  if (pageTrack && !(startLsn <= pageTrackLsn && 0n < pageTrackLsn && pageTrackLsn <= endLsn))
    problems.push(`its LSNs do not follow each other: ${startLsn}, ${pageTrackLsn}, ${endLsn}`)
  return problems
}
