// A backup is worth more with the binlogs of its own time: where an archive is kept, every backup brings it up to
// date. The backup is sealed by then; what goes wrong here is told and does not take it back.

import { readArchive } from '../binlog/read-archive.ts'
import { archivePathsOf } from '../binlog/archive-layout.ts'
import { pullArchive } from '../binlog/pull.ts'
import type { PullOutcome } from '../binlog/pull-request.ts'
import type { RemoteDonor } from '../clone/context.ts'
import type { Compression } from '../codec/compression.ts'
import { ClonectlError } from '../errors.ts'
import type { ConnectionOptions } from '../mysql/connection-options.ts'
import type { Manifest } from '../repository/manifest.ts'
import { exists } from '../system/exists.ts'
import type { CommandContext } from './context.ts'

/** What came of the binlogs of a backup. */
export type BackupBinlogs =
  | { readonly state: 'pulled'; readonly outcome: PullOutcome }
  /** No archive is kept, or it was told not to. */
  | { readonly state: 'none' }
  /** A follower archives them. */
  | { readonly state: 'followed' }
  | { readonly state: 'failed'; readonly error: ClonectlError }

export interface PullWish {
  /** Also begin an archive where there is none. */
  readonly pullBinlogs: boolean
  readonly noPullBinlogs: boolean
}

export const pullAfterBackup = async (
  context: CommandContext,
  wish: PullWish,
  manifest: Manifest,
  remote: RemoteDonor | undefined,
): Promise<BackupBinlogs> => {
  const layout = await context.openRepository()
  const { directory } = archivePathsOf(layout.binlogs, manifest.donor.serverUuid)
  const isKept = await exists(directory)
  if (wish.noPullBinlogs || !(isKept || wish.pullBinlogs)) return { state: 'none' }
  const { reporter, clock, signal, commandLine: command } = context
  const pulling = { reporter, clock, signal, command, findTool: context.findTool.bind(context) }
  reporter.step('binlogs', { archive: directory })
  try {
    const connection = await connectionTo(context, remote)
    const compression = await compressionOf(directory, manifest.donor.serverUuid)
    // Whatever was written before the backup began is of no use to it.
    const from = manifest.before.binlogFile ?? undefined
    const outcome = await pullArchive(pulling, { layout, connection, compression, from })
    return { state: 'pulled', outcome }
  } catch (error) {
    if (!(error instanceof ClonectlError) || error.code === 'CANCELLED') throw error
    if (error.code === 'LOCKED') return { state: 'followed' }
    reporter.warn(`${manifest.id} is sealed, but its binlogs are not archived: ${error.message}`)
    return { state: 'failed', error }
  }
}

const connectionTo = async (
  context: CommandContext,
  remote: RemoteDonor | undefined,
): Promise<ConnectionOptions> => {
  if (remote === undefined) return context.connection()
  const { user, host, port, password, ssl } = remote.address
  return { user, host, port, password, sslMode: ssl }
}

/** As the newest binlog of the archive is stored. */
const compressionOf = async (
  directory: string,
  serverUuid: string,
): Promise<Compression | undefined> => {
  const { binlogs } = await readArchive({ serverUuid, endedAt: null, directory })
  return binlogs.at(-1)?.stored.compression === 'zstd' ? { codec: 'zstd' } : undefined
}
