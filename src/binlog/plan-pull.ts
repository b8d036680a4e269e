// Which binlogs a pull has to fetch. Pure.

import { ClonectlError } from '../errors.ts'
import { parseBinlogName } from '../mysql/binlog-name.ts'
import type { ServerBinlog } from '../mysql/server-binlogs.ts'

export interface PullStart {
  /** The newest sealed binlog. */
  readonly last: string | undefined
  /** The oldest of those that are archived without being sealed. */
  readonly oldestTail: string | undefined
  /** Where an empty archive is to begin; at the oldest binlog of the server without it. */
  readonly from: string | undefined
}

/**
 * The binlogs of the server that are not sealed yet, in order. The first is a later one than the one
 * that should come next when the server has removed that. Throws CONFIG for a `from` that the server
 * does not have.
 */
export const binlogsToPull = (
  { last, oldestTail, from }: PullStart,
  server: readonly ServerBinlog[],
): readonly ServerBinlog[] => {
  const isEmpty = last === undefined && oldestTail === undefined
  if (isEmpty && from !== undefined) requireThere(from, server)
  const next = last === undefined ? sequenceOf(oldestTail ?? from) : (sequenceOf(last) ?? -1) + 1
  return server.filter(({ sequence }) => sequence >= (next ?? 0))
}

const sequenceOf = (name: string | undefined): number | undefined =>
  name === undefined ? undefined : parseBinlogName(name)?.sequence

const requireThere = (from: string, server: readonly ServerBinlog[]): void => {
  if (server.some(({ name }) => name === from)) return
  const [first, last] = [server[0]?.name ?? '', server.at(-1)?.name ?? '']
  throw new ClonectlError('CONFIG', `the server has no binlog ${from}`, {
    hint: `it has ${first} to ${last}`,
    details: { field: 'from', value: from },
  })
}
