// Whether the server's data directory is on this machine. A path alone proves nothing: a server in
// a container or on another host may call its directory the same. auto.cnf holds the server's UUID.

import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { hasSystemCode } from '../errors.ts'
import type { ServerIdentity } from '../mysql/server-identity.ts'

/** A system user and its primary group. */
export interface Owner {
  readonly uid: number
  readonly gid: number
}

export type LocalDatadir =
  /** `owner` is whom mysqld runs as: it made the directory, and must own it to work. */
  | { readonly kind: 'here'; readonly owner: Owner }
  | { readonly kind: 'missing' }
  | { readonly kind: 'unreadable' }
  | { readonly kind: 'foreign'; readonly serverUuid: string | undefined }

/** Looks for the data directory of this server. */
export const findLocalDatadir = async (identity: ServerIdentity): Promise<LocalDatadir> => {
  try {
    const { uid, gid } = await stat(identity.datadir)
    const serverUuid = await readServerUuid(identity.datadir)
    if (serverUuid !== identity.serverUuid) return { kind: 'foreign', serverUuid }
    return { kind: 'here', owner: { uid, gid } }
  } catch (error) {
    if (hasSystemCode(error, 'EACCES')) return { kind: 'unreadable' }
    if (hasSystemCode(error, 'ENOENT') || hasSystemCode(error, 'ENOTDIR'))
      return { kind: 'missing' }
    throw error
  }
}

/** mysqld writes the UUID it uses into auto.cnf, also when it was given by an option. */
const readServerUuid = async (datadir: string): Promise<string | undefined> => {
  try {
    const text = await readFile(join(datadir, 'auto.cnf'), 'utf8')
    return /^\s*server[-_]uuid\s*=\s*(\S+)/m.exec(text)?.[1]
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT')) return undefined
    throw error
  }
}
