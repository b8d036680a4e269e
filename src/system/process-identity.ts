// Which process is meant, across reuse of process ids: a pid alone names another process tomorrow.

import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { hasSystemCode } from '../errors.ts'

/** A process of some host. */
export interface ProcessIdentity {
  readonly pid: number
  /** Clock ticks from boot to its start (proc(5), field 22 of /proc/PID/stat); null when unknown. */
  readonly startTime: string | null
  readonly host: string
}

interface ProcessStat {
  readonly state: string
  readonly startTime: string
}

/** Field 2 is the program's name, which may hold blanks and ')': fields count from the last ')'. */
const parseStat = (text: string): ProcessStat | undefined => {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const [state, startTime] = [fields[3 - 3], fields[22 - 3]]
  return state === undefined || startTime === undefined ? undefined : { state, startTime }
}

const readStat = (pid: number): ProcessStat | undefined => {
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`, 'latin1'))
  } catch {
    // Gone, or hidden from us (mount option hidepid): the caller finds out which.
    return undefined
  }
}

const exists = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    // EPERM: there is such a process, but it is not ours.
    return !hasSystemCode(error, 'ESRCH')
  }
}

/** The identity of a process of this host, to be recorded while it certainly lives. */
export const identityOf = (pid: number): ProcessIdentity => ({
  pid,
  startTime: readStat(pid)?.startTime ?? null,
  host: hostname(),
})

/** The identity of this process. */
export const ownIdentity = (): ProcessIdentity => identityOf(process.pid)

/**
 * Says whether the process still lives. A later process of the same pid is told apart by its start
 * time; one that has ended but was not waited for (a zombie) does not live. What cannot be told is
 * taken to be alive: a process of another host, or one whose start time cannot be seen.
 */
export const isAlive = (identity: ProcessIdentity): boolean => {
  if (identity.host !== hostname()) return true
  if (!exists(identity.pid)) return false
  const stat = readStat(identity.pid)
  if (stat === undefined) return exists(identity.pid)
  if (stat.state === 'Z' || stat.state === 'X') return false
  return identity.startTime === null || identity.startTime === stat.startTime
}
