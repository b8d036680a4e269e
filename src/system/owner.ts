// Whose files things are. Only root may give files away; what anybody else makes stays their own.

import { chown, stat } from 'node:fs/promises'
import { ClonectlError } from '../errors.ts'
import { runTool } from './run-tool.ts'

export interface Owner {
  readonly uid: number
  readonly gid: number
}

/** Who owns a file or directory. */
export const ownerOf = async (path: string): Promise<Owner> => {
  const { uid, gid } = await stat(path)
  return { uid, gid }
}

/** A system user by name or number. Throws CONFIG when there is none. */
export const ownerNamed = async (user: string): Promise<Owner> => {
  const ask = async (flag: string): Promise<number> =>
    Number((await runTool({ file: 'id', name: 'id', args: [flag, '--', user] })).stdout)
  try {
    return { uid: await ask('-u'), gid: await ask('-g') }
  } catch (cause) {
    throw new ClonectlError('CONFIG', `there is no system user ${user}`, {
      hint: 'name the user mysqld runs as, usually mysql',
      cause,
    })
  }
}

const isRoot = (): boolean => process.getuid?.() === 0

/** Gives `path` to `owner` when we may; otherwise it stays ours. */
export const giveTo = async (owner: Owner, path: string): Promise<void> => {
  if (isRoot()) await chown(path, owner.uid, owner.gid)
}

/** What mysqld's option `user` must be so that it runs as `owner`; undefined when it cannot change. */
export const runAs = (owner: Owner): string | undefined =>
  isRoot() ? String(owner.uid) : undefined
