// What a lock file says of its holder. Locks outlive versions, so the text is read with care.

import type { ProcessIdentity } from './process-identity.ts'

/** Who holds a lock, what for, and since when (UTC, RFC 3339). */
export interface LockOwner extends ProcessIdentity {
  readonly command: string
  readonly since: string
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    // Not JSON is one of the ways in which a lock can be unreadable.
    return undefined
  }
}

const isOwner = (value: unknown): value is LockOwner => {
  if (typeof value !== 'object' || value === null) return false
  const { pid, startTime, host, command, since } = value as Partial<Record<string, unknown>>
  const isPid = typeof pid === 'number' && Number.isSafeInteger(pid) && pid > 0
  const isTime = startTime === null || typeof startTime === 'string'
  return isPid && isTime && [host, command, since].every((field) => typeof field === 'string')
}

/** Reads the text of a lock file; undefined when it does not say who holds the lock. */
export const parseLock = (text: string): LockOwner | undefined => {
  const value = parseJson(text)
  if (!isOwner(value)) return undefined
  const { pid, startTime, host, command, since } = value
  return { pid, startTime, host, command, since }
}

/** One line for a message. */
export const describeOwner = ({ pid, host, command, since }: LockOwner): string =>
  `"${command}", process ${pid} on ${host}, since ${since}`
