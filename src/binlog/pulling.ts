// What the parts of a pull share.

import type { ServerBinlog } from '../mysql/server-binlogs.ts'
import type { BinlogGap } from './binlog-gap.ts'
import { describeGap } from './binlog-gap.ts'
import type { ArchiveWriter } from './archive-writer.ts'
import type { PullContext, PullOutcome, SealedTally } from './pull-request.ts'
import type { PullSource } from './pull-source.ts'
import type { SealedBinlog } from './seal-binlog.ts'
import type { BinlogStore } from './store-binlog.ts'

/** What a pull or a follower counts, however often it has to connect. */
export interface PullTally {
  readonly sealed: () => SealedTally
  readonly gaps: () => readonly BinlogGap[]
  /** Counts a sealed binlog and tells of it. */
  readonly noteSealed: (sealed: SealedBinlog) => void
  /** Keeps a gap and warns of it, once. */
  readonly noteGap: (gap: BinlogGap | undefined) => void
}

export interface Pulling {
  readonly context: PullContext
  readonly source: PullSource
  readonly archive: ArchiveWriter
  readonly store: BinlogStore
  readonly compresses: boolean
  /** Path of the program. */
  readonly mysqlbinlog: string
  readonly tally: PullTally
  readonly from: string | undefined
}

export const newTally = ({ reporter }: PullContext): PullTally => {
  let sealed: SealedTally = { files: 0, sizeBytes: 0, storedBytes: 0, first: null, last: null }
  const gaps: BinlogGap[] = []
  const noteGap: PullTally['noteGap'] = (gap) => {
    if (gap === undefined || gaps.some(({ before }) => before === gap.before)) return
    gaps.push(gap)
    reporter.warn(`recovery cannot cross this gap: ${describeGap(gap)}`)
  }
  return {
    sealed: () => sealed,
    gaps: () => gaps,
    noteSealed: ({ binlog, gap }) => {
      const { name, sizeBytes, stored } = binlog
      sealed = {
        files: sealed.files + 1,
        sizeBytes: sealed.sizeBytes + sizeBytes,
        storedBytes: sealed.storedBytes + stored.sizeBytes,
        first: sealed.first ?? name,
        last: name,
      }
      noteGap(gap)
      reporter.info(`archived ${name}`, { sizeBytes, storedBytes: stored.sizeBytes })
    },
    noteGap,
  }
}

/** Said once for a server: what is written encrypted there lies open here. */
export const warnOfEncryption = (
  { reporter }: PullContext,
  server: readonly ServerBinlog[],
): void => {
  if (!server.some(({ encrypted }) => encrypted)) return
  reporter.warn(
    'the server encrypts its binlogs and hands them out decrypted: the archive holds them in plain',
  )
}

/** What the archive is to be told of besides what was counted. */
export type OutcomeFacts = Pick<PullOutcome, 'setAside' | 'reconnects'>
