// How many bytes the donor's InnoDB files take.

import type { Session } from '../mysql/session.ts'

/**
 * Bytes on disk of everything CLONE copies but redo, which a checkpoint beforehand keeps small.
 * INNODB_TABLESPACES lacks the system tablespace, and FILES shows small tables as 0 bytes; each file of
 * the system tablespace has a row in FILES with the extents of them all.
 */
const ALLOCATED_SQL =
  'SELECT (SELECT COALESCE(SUM(ALLOCATED_SIZE), 0) FROM information_schema.INNODB_TABLESPACES ' +
  "WHERE NAME <> 'innodb_temporary') + " +
  '(SELECT COALESCE(MAX(TOTAL_EXTENTS * EXTENT_SIZE), 0) FROM information_schema.FILES ' +
  "WHERE FILE_ID = 0 AND ENGINE = 'InnoDB')"

/** Needs PROCESS. Throws SERVER. */
export const readDataBytes = async (session: Session): Promise<number> =>
  Number((await session.value(ALLOCATED_SQL)) ?? 0)
