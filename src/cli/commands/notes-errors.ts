// The failures to expect of the commands that change what is said of a backup.

import type { ErrorCode } from '../../errors.ts'

export const notesErrors = [
  'LOCKED',
  'REPOSITORY_MISSING',
  'REPOSITORY_UNREADABLE',
  'REPOSITORY_NEWER',
  'BACKUP_UNKNOWN',
] as const satisfies readonly ErrorCode[]

/** The backup that is meant. */
export const whichBackup = {
  name: 'id',
  describe: 'An id, its beginning, latest, latest-full or oldest',
} as const
