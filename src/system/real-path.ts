// Where a path really leads, also when it does not exist yet: the question "does this lie in the
// repository?" has no answer in the spelling of a path.

import { readlink, realpath } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { hasSystemCode } from '../errors.ts'

const isMissing = (error: unknown): boolean =>
  hasSystemCode(error, 'ENOENT') || hasSystemCode(error, 'ENOTDIR')

/** What the link at `path` names, when there is a link: one that leads nowhere, as realpath failed. */
const danglingTarget = async (path: string): Promise<string | undefined> => {
  try {
    return resolve(dirname(path), await readlink(path))
  } catch (error) {
    if (isMissing(error) || hasSystemCode(error, 'EINVAL')) return undefined
    throw error
  }
}

/**
 * Absolute path without symbolic links: those of the longest part that exists are resolved, the
 * rest is appended. A link that leads nowhere yet is followed too, because whoever creates the path
 * creates what the link names. Throws the system's error when a directory may not be searched or
 * links form a loop (ELOOP).
 */
export const realPathOfNearest = async (path: string): Promise<string> => {
  const absolute = resolve(path)
  try {
    return await realpath(absolute)
  } catch (error) {
    if (!isMissing(error)) throw error
    const target = await danglingTarget(absolute)
    if (target !== undefined) return realPathOfNearest(target)
    return join(await realPathOfNearest(dirname(absolute)), basename(absolute))
  }
}

/** Says whether `child` is `parent` or lies in it. Both must be real paths. */
export const isInside = (child: string, parent: string): boolean => {
  const way = relative(parent, child)
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}
