// Gets hold of the binlogs of a replay, now that the restored instance tells exactly where it continues.

import { mkdir } from 'node:fs/promises'
import { readArchives } from '../../binlog/read-archive.ts'
import { pullBinlogs } from '../../mysql/mysqlbinlog.ts'
import { archiveRoutes } from './archive-routes.ts'
import { directoryLogs } from './directory-logs.ts'
import type { ReplayLogs } from './replay-range.ts'
import type { BinlogSource, RestoreContext } from '../request.ts'
import type { HeldState } from './same-history.ts'
import type { Stage } from '../stage.ts'

export interface FetchRequest {
  readonly source: BinlogSource
  /** The server the backup was taken from, and when. */
  readonly serverUuid: string
  readonly takenAt: Date
  readonly stage: Pick<Stage, 'binlogs'>
}

/**
 * The ways that lead on. From the running donor binlogs are copied first: positions can then be found,
 * and nothing is streamed twice. Throws BINLOG_GAP, CONFIG, PROCESS.
 */
export const fetchRoutes = async (
  { repository, findTool, signal }: RestoreContext,
  { source, serverUuid, takenAt: at, stage }: FetchRequest,
  state: HeldState,
): Promise<readonly ReplayLogs[]> => {
  if (source.kind === 'archive')
    return archiveRoutes(await readArchives(repository), { serverUuid, state, at })
  if (source.kind === 'directory') return [await directoryLogs(source.path, state)]
  await mkdir(stage.binlogs, { mode: 0o700 })
  await pullBinlogs({
    mysqlbinlog: await findTool('mysqlbinlog'),
    server: source.connection,
    firstFile: state.file,
    targetDir: stage.binlogs,
    signal,
  })
  return [await directoryLogs(stage.binlogs, state)]
}
