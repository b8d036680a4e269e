// What a system user may do with a file, read from its mode: the question "could mysqld write
// there?" cannot be asked of the kernel without being mysqld.

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

/** Bits of one class of users, as chmod(1) counts them. */
export const MAY_SEARCH = 1
export const MAY_WRITE_AND_SEARCH = 3

/** Whether the mode lets the user do what `wanted` says; root may do everything. */
export const isPermitted = (entry: Mode, user: SystemUser, wanted: number): boolean => {
  if (user.uid === 0) return true
  const shift = entry.uid === user.uid ? 6 : user.gids.includes(entry.gid) ? 3 : 0
  return ((entry.mode >> shift) & wanted) === wanted
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
