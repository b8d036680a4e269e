// Takes the archive of the server that answered, once it is proved that the server goes on with it.

import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { birthOf } from '../mysql/binlog-birth.ts'
import { pullBinlogs } from '../mysql/mysqlbinlog.ts'
import { makePrivateTempDir } from '../system/temp-dir.ts'
import { ClonectlError } from '../errors.ts'
import { type ArchiveWriter, openArchiveWriter, setArchiveAside } from './archive-writer.ts'
import { newTally, type PullTally, type Pulling, warnOfEncryption } from './pulling.ts'
import type { PullContext, PullRequest } from './pull-request.ts'
import type { PullSource } from './pull-source.ts'
import { headOf, type ReadBirth, requireSameHistory } from './same-history.ts'
import { type BinlogStore, chooseBinlogStore } from './store-binlog.ts'

/** What stays the same however often the server has to be connected to. */
export interface PullTools {
  readonly context: PullContext
  readonly request: PullRequest
  readonly mysqlbinlog: string
  readonly store: BinlogStore
  readonly tally: PullTally
}

/** Throws TOOL_MISSING without mysqlbinlog, CONFIG for a compression that cannot be had. */
export const findPullTools = async (
  context: PullContext,
  request: PullRequest,
): Promise<PullTools> => ({
  context,
  request,
  mysqlbinlog: await context.findTool('mysqlbinlog'),
  store: await chooseBinlogStore(context, request.compression),
  tally: newTally(context),
})

/** Takes the archive of a server. Throws LOCKED while another pulls. */
export const openArchiveOf = async (
  { context, request: { layout } }: PullTools,
  { serverUuid }: PullSource,
): Promise<ArchiveWriter> => {
  const others = (await readdir(layout.binlogs).catch(() => [])).filter(
    (name) => name.length === 36,
  )
  if (others.length > 0 && !others.includes(serverUuid))
    context.reporter.info(`a new archive is begun for server ${serverUuid}`, {
      archived: others.join(', '),
    })
  return openArchiveWriter(context, layout, serverUuid)
}

/** Throws BINLOG_GAP when the server has begun its binlogs anew. */
export const beginPulling = async (
  { context, request, mysqlbinlog, store, tally }: PullTools,
  source: PullSource,
  archive: ArchiveWriter,
): Promise<Pulling> => {
  const server = await source.list()
  warnOfEncryption(context, server)
  const readBirth: ReadBirth = async ({ name, sizeBytes }) => {
    await using dir = await makePrivateTempDir('birth-', archive.paths.incoming)
    // From its end on: what comes then is its format description, and nothing else.
    await pullBinlogs({
      ...{ mysqlbinlog, server: source.connection, signal: context.signal },
      ...{ firstFile: name, startPosition: sizeBytes, extent: 'file', targetDir: dir.path },
    })
    return birthOf(await headOf(join(dir.path, name)))
  }
  await requireSameHistory(archive, server, readBirth)
  const { from, compression } = request
  const compresses = compression !== undefined
  return { context, source, archive, store, compresses, mysqlbinlog, tally, from }
}

/** What a server does not go on with is set aside when that was asked for. Returns its new path. */
export const endHistory = async (
  tools: PullTools,
  source: PullSource,
  error: unknown,
): Promise<string> => {
  const isEnd = error instanceof ClonectlError && error.code === 'BINLOG_GAP'
  if (!isEnd || !tools.request.afterReset) throw error
  const { clock, reporter } = tools.context
  const directory = await setArchiveAside(await openArchiveOf(tools, source), clock.now())
  reporter.warn(`${error.message}; what was archived is kept in ${directory}`)
  return directory
}
