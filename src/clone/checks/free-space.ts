// Whether a clone fits. CLONE checks it too (ERROR 3873), but only once it has begun.

import type { Session } from '../../mysql/session.ts'
import { freeBytes } from '../../system/disk-space.ts'
import type { Check, Finding } from '../check.ts'

/**
 * Bytes on disk of everything CLONE copies but redo, which a checkpoint beforehand keeps small.
 * INNODB_TABLESPACES lacks the system tablespace, and FILES shows small tables as 0 bytes; each file of
 * the system tablespace has a row in FILES with the extents of them all.
 */
const NEEDED_SQL =
  'SELECT (SELECT COALESCE(SUM(ALLOCATED_SIZE), 0) FROM information_schema.INNODB_TABLESPACES ' +
  "WHERE NAME <> 'innodb_temporary') + " +
  '(SELECT COALESCE(MAX(TOTAL_EXTENTS * EXTENT_SIZE), 0) FROM information_schema.FILES ' +
  "WHERE FILE_ID = 0 AND ENGINE = 'InnoDB')"

export const freeSpace: Check = {
  name: 'free-space',
  run: async ({ session, repository }) => {
    const needed = await readNeededBytes(session)
    if (repository === undefined)
      return {
        state: 'ok',
        message: `a full needs about ${mebibytes(needed)}; no repository was named`,
      }
    return judgeSpace(needed, await freeBytes(repository), repository)
  },
}

const readNeededBytes = async (session: Session): Promise<number> =>
  Number((await session.value(NEEDED_SQL)) ?? 0)

const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`

/** Judges the two figures, in bytes. An increment is compared from a whole clone, so it needs the same. */
export const judgeSpace = (needed: number, free: number, repository: string): Finding => {
  const message =
    `a full needs about ${mebibytes(needed)}, an increment the same in its staging directory while it is made; ` +
    `${mebibytes(free)} are free at ${repository}`
  if (free >= needed) return { state: 'ok', message }
  return {
    state: 'fail',
    message,
    hint: 'Free some space there, or choose a repository on another filesystem.',
  }
}
