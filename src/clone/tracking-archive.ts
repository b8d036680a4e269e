// How much disk the tracking data takes: the server never removes it by itself.

import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { hasSystemCode } from '../errors.ts'
import type { ServerIdentity } from '../mysql/server-identity.ts'
import { findLocalDatadir } from './local-datadir.ts'

/** Where InnoDB keeps it, in the data directory (arch0arch.h, ARCH_DIR). */
const ARCHIVE = '#ib_archive'

/** Bytes of the tracking data; undefined when the data directory cannot be looked into from here. */
export const trackingArchiveBytes = async (
  identity: ServerIdentity,
): Promise<number | undefined> => {
  if ((await findLocalDatadir(identity)).kind !== 'here') return undefined
  const archive = join(identity.datadir, ARCHIVE)
  const entries =
    (await whileThere(readdir(archive, { recursive: true, withFileTypes: true }))) ?? []
  let bytes = 0
  for (const entry of entries.filter((found) => found.isFile()))
    bytes += (await whileThere(stat(join(entry.parentPath, entry.name))))?.size ?? 0
  return bytes
}

/** The server may remove any of it meanwhile; what is gone takes no space. */
const whileThere = async <T>(answer: Promise<T>): Promise<T | undefined> => {
  try {
    return await answer
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT')) return undefined
    throw error
  }
}
