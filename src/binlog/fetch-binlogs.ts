// One run of mysqlbinlog into incoming/, while what has arrived whole is sealed.

import { rm } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { ClonectlError } from '../errors.ts'
import { pullBinlogs } from '../mysql/mysqlbinlog.ts'
import type { ServerBinlog } from '../mysql/server-binlogs.ts'
import { type ArchiveFile, binlogsIn } from './archive-files.ts'
import { explainFailure } from './explain-failure.ts'
import type { Pulling } from './pulling.ts'
import { sealBinlog } from './seal-binlog.ts'

export interface Fetch {
  /** Name of the first binlog. */
  readonly first: string
  readonly extent: 'present' | 'endless'
  /** Looks now and then whether all is well; what it throws ends the run. */
  readonly watch?: (() => Promise<void>) | undefined
}

/** How often it is looked what has arrived. */
const POLL_MS = 500

/**
 * Returns when mysqlbinlog has ended well; the binlog it ended with is still in incoming/. Throws INTEGRITY
 * for a copy that is not what the server has, BINLOG_GAP, SPACE, PROCESS, SERVER, CANCELLED; mysqlbinlog
 * is at its end then, too.
 */
export const fetchBinlogs = async (pulling: Pulling, fetch: Fetch): Promise<void> => {
  const { context, source, archive, mysqlbinlog } = pulling
  const stop = new AbortController()
  const signal = AbortSignal.any([context.signal, stop.signal])
  const { first: firstFile, extent } = fetch
  const targetDir = archive.paths.incoming
  const server = source.connection
  const run = pullBinlogs({ mysqlbinlog, server, firstFile, extent, targetDir, signal })
  const state: { ended: boolean } = { ended: false }
  const noteEnd = (): void => {
    state.ended = true
  }
  const ended = run.then(noteEnd, noteEnd)
  try {
    while (!state.ended) {
      await Promise.race([ended, sleep(POLL_MS, undefined, { signal: stop.signal })])
      await sealArrived(pulling)
      await fetch.watch?.()
    }
    await run.catch((error: unknown) => explainFailure(targetDir, error))
  } finally {
    stop.abort()
    await ended
  }
}

/** All but the last binlog in incoming/: mysqlbinlog has closed them when it began the next one. */
const sealArrived = async (pulling: Pulling): Promise<void> => {
  const arrived = (await binlogsIn(pulling.archive.paths.incoming)).slice(0, -1)
  if (arrived.length === 0) return
  const server = await pulling.source.list()
  for (const file of arrived) await sealWhole(pulling, file, server)
}

/**
 * Seals a binlog of incoming/ that the server has closed. Throws INTEGRITY when it has another size
 * there, and what sealBinlog throws.
 */
export const sealWhole = async (
  { context, archive, store, tally }: Pulling,
  file: ArchiveFile,
  server: readonly ServerBinlog[],
): Promise<void> => {
  const there = server.find(({ name }) => name === file.name)
  // The server may have removed it just now; then its events have to tell that it is whole.
  if (there !== undefined && there.sizeBytes !== file.sizeBytes)
    throw new ClonectlError(
      'INTEGRITY',
      `mysqlbinlog made ${file.sizeBytes} bytes of ${file.name}, which has ${there.sizeBytes} on the server`,
      {
        hint: 'check the network and mysqlbinlog (it should be of the version of the server), then pull again',
        details: { binlog: file.name, foundBytes: file.sizeBytes, expectedBytes: there.sizeBytes },
      },
    )
  tally.noteSealed(await sealBinlog({ archive, store, clock: context.clock }, file))
}

/** Of a run whose copies are of no use: the server has them. */
export const forgetIncoming = async ({ archive: { paths } }: Pulling): Promise<void> => {
  for (const { path } of await binlogsIn(paths.incoming)) await rm(path, { force: true })
}
