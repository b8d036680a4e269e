// Whether a system user may pass through a directory, read from its mode: the question "could
// mysqld get there?" cannot be asked of the kernel without being mysqld.

import { readFile } from 'node:fs/promises'
import { hasSystemCode } from '../errors.ts'
import type { Owner } from './local-datadir.ts'

/** A system user with every group known of it. */
export interface SystemUser {
  readonly uid: number
  readonly gids: readonly number[]
}

/** The part of `fs.Stats` that decides. */
export interface Mode {
  readonly uid: number
  readonly gid: number
  readonly mode: number
}

const EXECUTE = 1

/** Whether the mode lets the user pass through a directory; root may do everything. */
export const maySearch = (entry: Mode, user: SystemUser): boolean => {
  if (user.uid === 0) return true
  // The kernel looks at one class alone: an owner without the bit is not helped by the group's.
  const shift = entry.uid === user.uid ? 6 : user.gids.includes(entry.gid) ? 3 : 0
  return ((entry.mode >> shift) & EXECUTE) !== 0
}

/** The owner's primary group and those that /etc/group adds: mysqld often is let in through one. */
export const withGroups = async ({ uid, gid }: Owner): Promise<SystemUser> => {
  const [accounts, groups] = [await readTable('/etc/passwd'), await readTable('/etc/group')]
  const names = accounts.filter((fields) => fields[2] === String(uid)).map(([name]) => name)
  const further = groups
    .filter((fields) => (fields[3] ?? '').split(',').some((name) => names.includes(name)))
    .map((fields) => Number(fields[2]))
  return { uid, gids: [gid, ...further] }
}

const readTable = async (path: string): Promise<readonly (readonly string[])[]> => {
  try {
    return (await readFile(path, 'utf8')).split('\n').map((line) => line.split(':'))
  } catch (error) {
    // A machine may keep its users elsewhere; the primary group is known anyway.
    if (hasSystemCode(error, 'ENOENT')) return []
    throw error
  }
}
