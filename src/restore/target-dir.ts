// Where a restore may write: a place that is free, outside the repository, and in nobody's data
// directory. Symbolic links are followed before anything is judged.

import { readdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { ClonectlError } from '../errors.ts'
import { exists } from '../system/exists.ts'
import { isInside, realPathOfNearest } from '../system/real-path.ts'

/** Returns the real path to make. Throws PATH_FORBIDDEN, PATH_NOT_EMPTY or CONFIG. */
export const requireFreeTarget = async (
  targetDir: string,
  repositoryRoot: string,
): Promise<string> => {
  const real = await realPathOfNearest(targetDir)
  requirePlainCharacters(real)
  if (isInside(real, repositoryRoot) || isInside(repositoryRoot, real)) {
    throw forbidden(real, `lies in, or holds, the repository ${repositoryRoot}`)
  }
  const datadir = await enclosingDatadir(dirname(real))
  if (datadir !== undefined) throw forbidden(real, `lies in the data directory ${datadir}`)
  await requireEmpty(real)
  await requireNoMountPoint(real)
  return real
}

/** The path is written into an option file of mysqld, where these would mean something else. */
const requirePlainCharacters = (path: string): void => {
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  if (!/["'\\#\u0000-\u001f]/.test(path)) return
  throw new ClonectlError(
    'CONFIG',
    `--target-dir: ${JSON.stringify(path)} holds a character that cannot stand in an option file`,
    {
      hint: 'choose a path without quotes, backslashes, # and control characters',
    },
  )
}

const forbidden = (path: string, why: string): ClonectlError =>
  new ClonectlError('PATH_FORBIDDEN', `cannot restore into ${path}: it ${why}`, {
    hint: 'choose a --target-dir elsewhere; a restore never works on backups or on a live server',
    details: { path },
  })

/** The nearest directory above that looks like a data directory of MySQL. */
const enclosingDatadir = async (start: string): Promise<string | undefined> => {
  for (let directory = start; ; directory = dirname(directory)) {
    if (await exists(join(directory, 'mysql.ibd'))) return directory
    if (directory === dirname(directory)) return undefined
  }
}

const requireEmpty = async (path: string): Promise<void> => {
  if (!(await exists(path))) return
  const isDirectory = (await stat(path)).isDirectory()
  const entries = isDirectory ? await readdir(path) : ['(it is a file)']
  if (entries.length === 0) return
  throw new ClonectlError(
    'PATH_NOT_EMPTY',
    `${path} is not empty: it holds ${entries.slice(0, 3).join(', ')}${entries.length > 3 ? ', …' : ''}`,
    {
      hint: 'choose a --target-dir that does not exist yet, or an empty directory',
      details: { path },
    },
  )
}

/** The finished stage is renamed to the target, and rename(2) replaces no mount point. */
const requireNoMountPoint = async (path: string): Promise<void> => {
  if (!(await exists(path))) return
  if ((await stat(path)).dev === (await stat(dirname(path))).dev) return
  throw new ClonectlError('PATH_FORBIDDEN', `cannot restore into ${path}: it is a mount point`, {
    hint: `choose a directory in it, such as --target-dir ${join(path, 'data')}`,
    details: { path },
  })
}
