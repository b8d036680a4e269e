// A directory that the user made to bring a backup back by hand. Single steps change it in place, so
// it must be a copy: neither a backup in a repository nor the data directory of a server.

import { realpath, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { ClonectlError, hasSystemCode } from '../errors.ts'
import { BACKUP_ENTRIES } from '../repository/layout.ts'
import { exists } from '../system/exists.ts'

/** What a server makes when it is started, and no clone holds. */
const STARTED = ['auto.cnf', 'ibtmp1', '#innodb_temp']
/** A clone that was broken off; the server refuses to start on it (clone0api.cc). */
const IN_PROGRESS = '#clone/#status_in_progress'

/**
 * The real path of the directory that was given as `option`. Throws USAGE when there is none,
 * PATH_FORBIDDEN for a directory in a repository or one that a server was started on, INTEGRITY for
 * a clone that did not come to its end.
 */
export const requireHandMade = async (path: string, option: string): Promise<string> => {
  const directory = await realDirectory(path, option)
  const repository = await enclosingRepository(directory)
  if (repository !== undefined) throw sealed(directory, repository)
  for (const name of STARTED) {
    if (await exists(join(directory, name))) throw started(directory, name)
  }
  if (await exists(join(directory, IN_PROGRESS))) throw unfinished(directory)
  return directory
}

const realDirectory = async (path: string, option: string): Promise<string> => {
  try {
    if ((await stat(path)).isDirectory()) return await realpath(path)
  } catch (error) {
    if (!hasSystemCode(error, 'ENOENT') && !hasSystemCode(error, 'ENOTDIR')) throw error
  }
  throw new ClonectlError('USAGE', `${option}: there is no directory ${path}`, {
    hint: 'name a directory that holds a copy of a backup',
  })
}

/** What of a repository is in a directory above, or in the directory itself. */
const enclosingRepository = async (start: string): Promise<string | undefined> => {
  for (let directory = start; ; directory = dirname(directory)) {
    for (const name of ['repository.json', BACKUP_ENTRIES.manifest]) {
      if (await exists(join(directory, name))) return join(directory, name)
    }
    if (directory === dirname(directory)) return undefined
  }
}

const sealed = (directory: string, found: string): ClonectlError =>
  new ClonectlError(
    'PATH_FORBIDDEN',
    `${directory} belongs to a sealed backup: there is ${found}`,
    {
      hint: 'copy its data directory elsewhere and work on the copy, or use clonectl restore',
      details: { path: directory, found },
    },
  )

const started = (directory: string, name: string): ClonectlError =>
  new ClonectlError(
    'PATH_FORBIDDEN',
    `a server was started on ${directory}: it holds ${name}, which no clone does`,
    {
      hint: 'nothing can be applied to it any more; begin with a fresh copy of the backup',
      details: { path: directory, found: name },
    },
  )

const unfinished = (directory: string): ClonectlError =>
  new ClonectlError('INTEGRITY', `${directory} is a clone that did not come to its end`, {
    hint: 'use another backup',
    details: { path: directory, found: IN_PROGRESS },
  })
