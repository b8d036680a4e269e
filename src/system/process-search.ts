// Finds processes of this host by what they were started with.

import { readdir, readFile } from 'node:fs/promises'
import { identityOf, type ProcessIdentity } from './process-identity.ts'

/** The arguments of a process (proc(5), /proc/PID/cmdline); none when it is gone or hidden from us. */
const argumentsOf = async (pid: number): Promise<readonly string[]> => {
  try {
    return (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0')
  } catch {
    // It has ended since, or belongs to somebody else (mount option hidepid): it is not ours then.
    return []
  }
}

/** Processes that were given exactly this argument. It should be one that nobody else would use. */
export const findProcessesWith = async (argument: string): Promise<readonly ProcessIdentity[]> => {
  const found: ProcessIdentity[] = []
  for (const name of await readdir('/proc')) {
    const pid = Number(name)
    if (!Number.isInteger(pid) || !(await argumentsOf(pid)).includes(argument)) continue
    const identity = identityOf(pid)
    // Without a start time it has just ended.
    if (identity.startTime !== null) found.push(identity)
  }
  return found
}
