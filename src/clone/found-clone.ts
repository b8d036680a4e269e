// A clone that somebody made by hand: what it is, told by its files alone. Names of directories lie,
// and nothing is believed that another file does not confirm.

import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { BackupType } from '../chain/backup-id.ts'
import type { Codec } from '../codec/codec.ts'
import { ClonectlError } from '../errors.ts'
import { CLONE_CHECKPOINTS, parseCloneCheckpoints } from '../mysql/clone-checkpoints.ts'
import {
  CLONE_VIEW_STATUS,
  type CloneViewStatus,
  parseCloneViewStatus,
} from '../mysql/clone-view-status.ts'
import { readStoredPath, type StoredPath } from '../repository/stored-kind.ts'
import { exists } from '../system/exists.ts'
import { type FileTree, listTree } from '../system/file-tree.ts'
import { shapeProblems } from './clone-shape.ts'

export interface FoundClone extends CloneViewStatus {
  /** Real path. */
  readonly directory: string
  readonly type: BackupType
  readonly codec: Codec | undefined
  readonly tree: FileTree
  readonly stored: readonly StoredPath[]
}

/** Looks at a directory. Throws USAGE when it holds no clone, INTEGRITY when it is not whole. */
export const findClone = async (directory: string): Promise<FoundClone> => {
  await requireClone(directory)
  const tree = await listTree(directory)
  const stored = tree.files.map(({ path }) => readStoredPath(path))
  const type: BackupType = stored.some(({ kind }) => kind === 'other') ? 'full' : 'increment'
  const codec = stored.find((file) => file.codec !== undefined)?.codec
  // GreatSQL writes this tablespace, or its delta, into every clone.
  const shape = { type, codec, encrypted: false, dataFiles: ['mysql.ibd'] }
  refuse(directory, [...startProblems(tree), ...shapeProblems(stored, shape)])
  const status = await readStatus(directory)
  refuse(directory, statusProblems(status, type))
  return { ...status, directory, type, codec, tree, stored }
}

const requireClone = async (directory: string): Promise<void> => {
  if (!(await exists(directory)) || !(await stat(directory)).isDirectory())
    throw new ClonectlError('USAGE', `there is no directory ${directory}`, {
      hint: 'give the DATA DIRECTORY of a CLONE statement',
    })
  if (await exists(join(directory, '#clone/#status_in_progress')))
    throw new ClonectlError('INTEGRITY', `the clone in ${directory} did not end`, {
      hint: 'a clone cannot be resumed: remove it, and take it again',
      details: { directory, file: '#clone/#status_in_progress' },
    })
  if (await exists(join(directory, CLONE_CHECKPOINTS))) return
  throw new ClonectlError('USAGE', `${directory} holds no clone that GreatSQL made`, {
    hint: `only those with a file ${CLONE_CHECKPOINTS} can be adopted, which GreatSQL 8.0.32-26 and later write`,
    details: { directory, missing: CLONE_CHECKPOINTS },
  })
}

/** What mysqld makes when it starts on a data directory (auto.cnf, temporary and doublewrite files). */
const startedForm = /^(?:auto\.cnf|ibtmp\d+|[^/]+\.pid|#innodb_temp\/.*|#ib_[^/]*\.dblwr)$/

const startProblems = ({ files }: FileTree): readonly string[] =>
  files
    .filter(({ path }) => startedForm.test(path))
    .slice(0, 3)
    .map(({ path }) => `a mysqld was started on it, for it holds ${path}`)

const readStatus = async (directory: string): Promise<CloneViewStatus> => {
  const read = (path: string): Promise<string> => readFile(join(directory, path), 'utf8')
  const status = parseCloneViewStatus(
    await read(CLONE_VIEW_STATUS),
    join(directory, CLONE_VIEW_STATUS),
  )
  const file = join(directory, CLONE_CHECKPOINTS)
  const checkpoints = parseCloneCheckpoints(await read(CLONE_CHECKPOINTS), file)
  const [one, other] = [status, checkpoints].map(lsnText)
  refuse(
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

const refuse = (directory: string, problems: readonly string[]): void => {
  if (problems.length === 0) return
  throw new ClonectlError(
    'INTEGRITY',
    `${directory} is no clone as GreatSQL left it: ${problems.join('; ')}`,
    {
      hint: 'only what CLONE wrote can be adopted, before anything was done to it',
      details: { directory, problems },
    },
  )
}
