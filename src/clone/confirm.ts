// Confirms that a clone is what the server's OK claims. Markers: MySQL clone0api.cc
// (CLONE_INNODB_IN_PROGRESS_FILE, CLONE_FIXUP_FILE).

import { resolve } from 'node:path'
import { ClonectlError } from '../errors.ts'
import { redoFileNumber } from '../innodb/redo-header.ts'
import { type CloneStatus, readCloneStatus } from '../mysql/clone-status.ts'
import type { Session } from '../mysql/session.ts'
import { type FileTree, listTree } from '../system/file-tree.ts'

const IN_PROGRESS = '#clone/#status_in_progress'
const COMPLETE = ['#clone/#status_fix', '#clone/#view_status', 'mysql.ibd']

export interface ConfirmedClone {
  readonly tree: FileTree
  readonly beginTime: Date
  readonly endTime: Date
}

/**
 * Checks the server's status row, the markers and the files of a clone into `directory`.
 * `expected` are paths it must hold. Throws INTEGRITY saying everything that is wrong.
 */
export const confirmClone = async (
  session: Session,
  directory: string,
  expected: readonly string[],
): Promise<ConfirmedClone> => {
  const tree = await listTree(directory)
  const status = (await readCloneStatus(session)).find((row) => isFor(row, directory))
  const problems = [...statusProblems(status), ...treeProblems(tree, expected)]
  const { beginTime, endTime } = status ?? {}
  if (problems.length === 0 && beginTime && endTime) return { tree, beginTime, endTime }
  throw new ClonectlError(
    'INTEGRITY',
    `the clone in ${directory} is not whole: ${problems.join('; ')}`,
    {
      hint: "look at the donor's error log, then take the backup again",
      details: { directory, problems },
    },
  )
}

const isFor = (row: CloneStatus, directory: string): boolean =>
  resolve(row.destination) === resolve(directory)

const statusProblems = (status: CloneStatus | undefined): readonly string[] => {
  if (status === undefined) return ['performance_schema.clone_status does not know it']
  const found: string[] = []
  if (status.state !== 'Completed') found.push(`its state is ${status.state}`)
  if (status.errorNo !== 0) found.push(`error ${status.errorNo}: ${status.errorMessage}`)
  if (!status.beginTime || !status.endTime) found.push('its times are not known')
  return found
}

/** What markers and names tell: everything that a whole clone must hold and this one does not. */
export const treeProblems = (tree: FileTree, expected: readonly string[]): readonly string[] => {
  const paths = new Set(tree.files.map((file) => file.path))
  const missing = [...COMPLETE, ...expected].filter((path) => !paths.has(path))
  const problems = missing.map((path) => `${path} is missing`)
  if (paths.has(IN_PROGRESS)) problems.push(`${IN_PROGRESS} says it did not end`)
  if (!tree.files.some((file) => redoFileNumber(file.path) !== undefined)) {
    problems.push('it holds no redo log')
  }
  return problems
}
