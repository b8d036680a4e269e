// What a failure of mysqlbinlog means, where its own words do not say what to do.

import { ClonectlError } from '../errors.ts'
import { freeBytes } from '../system/disk-space.ts'

/** Less than a block of mysqlbinlog's or of the file system is as good as nothing. */
const NOTHING_LEFT_BYTES = 1024 * 1024

/** Words of the server (rpl_binlog_sender.cc), which sends only what its present gtid_mode allows. */
const hints: readonly (readonly [words: RegExp, hint: string])[] = [
  [
    /GTID-transaction when @@GLOBAL\.GTID_MODE = OFF/u,
    'the server hands out binlogs with GTIDs only while gtid_mode is not OFF: set it to OFF_PERMISSIVE, pull, ' +
      'and set it back; or begin with a binlog from after the change (--from, in an empty archive)',
  ],
  [
    /anonymous transaction when @@GLOBAL\.GTID_MODE = ON/u,
    'the server hands out binlogs without GTIDs only while gtid_mode is not ON: set it to ON_PERMISSIVE, pull, ' +
      'and set it back; or begin with a binlog from after the change (--from, in an empty archive)',
  ],
]

/** Throws the error, with advice, as SPACE when nothing is left at `directory`, where binlogs arrive. */
export const explainFailure = async (directory: string, error: unknown): Promise<never> => {
  if (!(error instanceof ClonectlError) || error.code !== 'PROCESS') throw error
  const { message, details } = error
  // mysqlbinlog only says that it could not write.
  if ((await freeBytes(directory)) < NOTHING_LEFT_BYTES)
    throw new ClonectlError('SPACE', `no space is left at ${directory}: ${message}`, {
      hint: 'free some space, then pull again; what is archived is whole',
      ...{ details, cause: error },
    })
  const hint = hints.find(([words]) => words.test(message))?.[1] ?? error.hint
  throw new ClonectlError('PROCESS', message, { hint, details, cause: error })
}
