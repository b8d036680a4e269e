// Whether a clone fits. CLONE checks it too (ERROR 3873), but only once it has begun.

import type { Engine } from '../../chain/backup.ts'
import { freeBytes } from '../../system/disk-space.ts'
import type { Check, Finding } from '../check.ts'
import { readDataBytes } from '../data-size.ts'

export const freeSpace: Check = {
  name: 'free-space',
  run: async ({ session, repository, engine }) => {
    const needed = await readDataBytes(session)
    if (repository === undefined)
      return {
        state: 'ok',
        message: `a full needs about ${mebibytes(needed)}; no repository was named`,
      }
    return judgeSpace({ needed, free: await freeBytes(repository), repository, engine })
  },
}

const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`

export interface SpaceFacts {
  /** Bytes. */
  readonly needed: number
  /** Bytes. */
  readonly free: number
  readonly repository: string
  readonly engine: Engine
}

/** Where clonectl compares pages, an increment comes from a whole clone, so it needs the same. */
export const judgeSpace = ({ needed, free, repository, engine }: SpaceFacts): Finding => {
  const increment =
    engine === 'mysql' ? ', an increment the same in its staging directory while it is made' : ''
  const message = `a full needs about ${mebibytes(needed)}${increment}; ${mebibytes(free)} are free at ${repository}`
  if (free >= needed) return { state: 'ok', message }
  return {
    state: 'fail',
    message,
    hint: 'Free some space there, or choose a repository on another filesystem.',
  }
}
