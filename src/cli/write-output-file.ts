// Writes what a command makes to a file of the user's: whole or not at all, and never where it would
// harm a backup or a device.

import { stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { ClonectlError, hasSystemCode } from '../errors.ts'
import { writeFileAtomic } from '../system/atomic-file.ts'
import { isInside, realPathOfNearest } from '../system/real-path.ts'

/** Readable for everybody: a web server or node_exporter runs as another user. */
const MODE = 0o644

export interface OutputFile {
  /** As it was given. */
  readonly path: string
  /** The option it was given with, such as `--file`. */
  readonly option: string
  /** The repository it must not lie in. */
  readonly repository: string
}

/**
 * Writes the file or replaces it, and returns its real path. Throws PATH_FORBIDDEN for a path in the
 * repository and for anything but a file, CONFIG when there is no such directory.
 */
export const writeOutputFile = async (output: OutputFile, text: string): Promise<string> => {
  const { path, option, repository } = output
  // Behind a link, what it names is replaced; the link itself stays.
  const real = await realPathOfNearest(path)
  if (isInside(real, await realPathOfNearest(repository)))
    throw forbidden(path, option, 'lies in the repository')
  if ((await kindOf(real)) === 'other') throw forbidden(path, option, 'is no file')
  if ((await kindOf(dirname(real))) !== 'other') throw noDirectory(path, option)
  await writeFileAtomic(real, text, MODE)
  return real
}

const kindOf = async (path: string): Promise<'file' | 'other' | undefined> => {
  try {
    return (await stat(path)).isFile() ? 'file' : 'other'
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT') || hasSystemCode(error, 'ENOTDIR')) return undefined
    throw error
  }
}

const forbidden = (path: string, option: string, why: string): ClonectlError =>
  new ClonectlError('PATH_FORBIDDEN', `${option} ${path} ${why}`, {
    hint: 'name a file outside the repository',
    details: { path },
  })

const noDirectory = (path: string, option: string): ClonectlError =>
  new ClonectlError('CONFIG', `${option} ${path}: there is no directory ${dirname(path)}`, {
    hint: `make it first: mkdir -p ${dirname(path)}`,
    details: { field: option.replace(/^--/, ''), source: option, value: path },
  })
