// Where the binlogs of one server lie in the archive.

import { join } from 'node:path'

export interface ArchivePaths {
  /** Its name is the server's UUID. */
  readonly directory: string
  /** Held by whoever pulls. */
  readonly lock: string
  /** Holds the one binlog the server still wrote to, as far as it was pulled. */
  readonly tail: string
  /** What mysqlbinlog writes; nothing in it is whole for sure. */
  readonly incoming: string
}

/** The paths of a server's archive in the directory that holds all archives. */
export const archivePathsOf = (binlogs: string, serverUuid: string): ArchivePaths => {
  const directory = join(binlogs, serverUuid)
  return {
    directory,
    lock: join(directory, 'lock'),
    tail: join(directory, 'tail'),
    incoming: join(directory, 'incoming'),
  }
}
