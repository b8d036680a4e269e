// Whether mysqld and clonectl can both work in the repository. clonectl makes each backup's
// directory and, as root, gives it to mysqld's user; mysqld must be able to get there.

import { randomUUID } from 'node:crypto'
import { closeSync, openSync, unlinkSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { hasSystemCode } from '../../errors.ts'
import { realPathOfNearest } from '../../system/real-path.ts'
import type { Check, Finding } from '../check.ts'
import { findLocalDatadir } from '../local-datadir.ts'
import { maySearch, type SystemUser, withGroups } from '../mode-bits.ts'

export const repositoryWritable: Check = {
  name: 'repository-writable',
  run: async ({ repository, recipient: { identity } }) => {
    if (repository === undefined) return notChecked('no repository was named')
    const datadir = await findLocalDatadir(identity)
    if (datadir.kind !== 'here') return notChecked('the server’s data directory is not at hand')
    const nearest = await nearestExisting(await realPathOfNearest(repository))
    return (
      userProblem(datadir.owner.uid) ??
      (await searchProblem(nearest, await withGroups(datadir.owner))) ??
      touch(nearest)
    )
  },
}

const notChecked = (why: string): Finding => ({ state: 'ok', message: `not checked: ${why}` })

const nearestExisting = async (path: string): Promise<string> => {
  try {
    await stat(path)
    return path
  } catch (error) {
    if (!hasSystemCode(error, 'ENOENT') && !hasSystemCode(error, 'ENOTDIR')) throw error
    return nearestExisting(dirname(path))
  }
}

/** What clonectl makes belongs to its own user, and mysqld must write into it. */
const userProblem = (mysqldUid: number): Finding | undefined => {
  const uid = process.geteuid?.()
  if (uid === 0 || uid === mysqldUid || mysqldUid === 0) return undefined
  return {
    state: 'fail',
    message: `mysqld runs as user ${mysqldUid}, clonectl as user ${uid ?? '(unknown)'}: neither could work with the other’s files`,
    hint: 'Run clonectl as root or as the user mysqld runs as.',
  }
}

/** mysqld has to pass through every directory on the way. */
const searchProblem = async (path: string, user: SystemUser): Promise<Finding | undefined> => {
  const entry = await stat(path)
  if (!entry.isDirectory())
    return {
      state: 'fail',
      message: `${path} is not a directory`,
      hint: 'Choose another path for the repository.',
    }
  if (!maySearch(entry, user))
    return {
      state: 'fail',
      message: `mysqld runs as user ${user.uid}, who may not search ${path} (mode ${(entry.mode & 0o7777).toString(8)}, owner ${entry.uid}:${entry.gid})`,
      hint: `chown ${user.uid}:${user.gids[0] ?? user.uid} ${path}, or chmod o+x ${path}`,
    }
  return path === '/' ? undefined : searchProblem(dirname(path), user)
}

/** Writes for real: mode bits say nothing of read-only filesystems, quotas and access lists. */
const touch = (directory: string): Finding => {
  const path = join(directory, `.clonectl-touch-${randomUUID()}`)
  try {
    // Without a wait in between, so that next to nothing can leave the file behind.
    closeSync(openSync(path, 'wx', 0o600))
    unlinkSync(path)
    return { state: 'ok', message: `clonectl and mysqld can write in ${directory}` }
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error
    return {
      state: 'fail',
      message: `clonectl cannot write in ${directory}: ${error.message}`,
      hint: 'Make the directory writable, or choose another path for the repository.',
    }
  }
}
