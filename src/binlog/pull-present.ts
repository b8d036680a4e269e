// Brings an archive up to what the server has now.

import { ClonectlError } from '../errors.ts'
import { parseBinlogName } from '../mysql/binlog-name.ts'
import type { ServerBinlog } from '../mysql/server-binlogs.ts'
import { requireSpace } from '../system/disk-space.ts'
import { binlogsIn } from './archive-files.ts'
import { fetchBinlogs, forgetIncoming, sealWhole } from './fetch-binlogs.ts'
import { binlogsToPull } from './plan-pull.ts'
import type { Pulling } from './pulling.ts'
import { emptyIncoming } from './salvage.ts'
import { sealRemoved } from './seal-removed.ts'

/** A server that closes its binlogs faster than that cannot be caught up with by asking again. */
const MOST_ROUNDS = 5

/**
 * Seals every binlog that was closed when this began, and leaves the open one in tail/. Throws CONFIG
 * for a `from` that the server does not have, and what fetchBinlogs throws.
 */
export const pullPresent = async (pulling: Pulling): Promise<void> => {
  const { context, archive } = pulling
  for (let round = 1; round <= MOST_ROUNDS; round += 1) {
    const wanted = await wantedBinlogs(pulling)
    if (await isUpToDate(pulling, wanted)) return
    await requireRoom(pulling, wanted)
    context.reporter.step('fetch', { from: wanted[0]?.name ?? '', binlogs: wanted.length })
    await withoutDamage(pulling, () => fetchRound(pulling, wanted))
    await emptyIncoming(archive.paths, archive.tails)
    if ((await pulling.source.list()).at(-1)?.name === wanted.at(-1)?.name) return
  }
}

/** What is to be fetched next, in order, once what the server has removed is seen to. */
export const wantedBinlogs = async (pulling: Pulling): Promise<readonly ServerBinlog[]> => {
  const { archive, source, from } = pulling
  const [oldestTail] = await binlogsIn(archive.paths.tail)
  const start = { last: archive.last()?.name, oldestTail: oldestTail?.name, from }
  const wanted = binlogsToPull(start, await source.list())
  const [first] = wanted
  if (first !== undefined) await sealRemoved(pulling, first)
  return wanted
}

/** That it is the same file was proved before: an open one that is no longer has nothing new. */
const isUpToDate = async (
  { archive }: Pulling,
  [open, ...later]: readonly ServerBinlog[],
): Promise<boolean> => {
  if (open === undefined || later.length > 0) return open === undefined
  const tails = await binlogsIn(archive.paths.tail)
  return tails.some(({ name, sizeBytes }) => name === open.name && sizeBytes === open.sizeBytes)
}

/** What is compressed lies there twice for a while. Throws SPACE. */
export const requireRoom = (
  { archive, compresses }: Pulling,
  wanted: readonly ServerBinlog[],
): Promise<void> => {
  const sizes = wanted.map(({ sizeBytes }) => sizeBytes)
  const twice = compresses ? Math.max(0, ...sizes) : 0
  const bytes = sizes.reduce((sum, size) => sum + size, twice)
  return requireSpace(archive.paths.directory, bytes, `fetching ${wanted.length} binlogs`)
}

/** What arrives damaged is fetched once more; what is no use stays nowhere. */
export const withoutDamage = async (
  pulling: Pulling,
  fetch: () => Promise<void>,
): Promise<void> => {
  try {
    await fetch()
  } catch (error) {
    if (isOneOf(error, ['INTEGRITY', 'BINLOG_GAP', 'SPACE'])) await forgetIncoming(pulling)
    if (!isOneOf(error, ['INTEGRITY'])) throw error
    pulling.context.reporter.warn(`${error.message}; fetching it once more`)
    try {
      await fetch()
    } catch (again) {
      if (isOneOf(again, ['INTEGRITY', 'BINLOG_GAP', 'SPACE'])) await forgetIncoming(pulling)
      throw again
    }
  }
}

const isOneOf = (error: unknown, codes: readonly string[]): error is ClonectlError =>
  error instanceof ClonectlError && codes.includes(error.code)

/** One run of mysqlbinlog, after which all binlogs that were closed before it are sealed. */
const fetchRound = async (pulling: Pulling, wanted: readonly ServerBinlog[]): Promise<void> => {
  const { archive, source } = pulling
  const [first] = unsealed(pulling, wanted)
  if (first === undefined) return
  await fetchBinlogs(pulling, { first: first.name, extent: 'present' })
  const server = await source.list()
  const closed = wanted.slice(0, -1)
  for (const rest of await binlogsIn(archive.paths.incoming)) {
    const isClosed = rest.name !== server.at(-1)?.name
    // One that was closed meanwhile may be whole or not; if not, the next round fetches it again.
    const mustBeWhole = closed.some(({ name }) => name === rest.name)
    const isWhole = server.some((binlog) => isSame(binlog, rest))
    if (isClosed && (mustBeWhole || isWhole)) await sealWhole(pulling, rest, server)
  }
  requireNone(unsealed(pulling, closed))
}

const unsealed = (
  { archive }: Pulling,
  binlogs: readonly ServerBinlog[],
): readonly ServerBinlog[] => {
  const last = parseBinlogName(archive.last()?.name ?? '')?.sequence ?? -1
  return binlogs.filter(({ sequence }) => sequence > last)
}

const isSame = (binlog: ServerBinlog, file: Pick<ServerBinlog, 'name' | 'sizeBytes'>): boolean =>
  binlog.name === file.name && binlog.sizeBytes === file.sizeBytes

/** mysqlbinlog can end well without having written anything. */
const requireNone = ([missing]: readonly ServerBinlog[]): void => {
  if (missing === undefined) return
  throw new ClonectlError(
    'INTEGRITY',
    `mysqlbinlog ended well, and made no whole ${missing.name}`,
    {
      hint: 'check that mysqlbinlog is of the version of the server, then pull again',
      details: { binlog: missing.name, expectedBytes: missing.sizeBytes },
    },
  )
}
