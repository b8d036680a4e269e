// Binlogs as they are told of, made up for what a server would take long to write.

import type { BinlogArchive } from '../../src/binlog/binlog-archive.ts'
import type { ArchivedBinlog } from '../../src/binlog/archived-binlog.ts'
import type { BinlogFacts } from '../../src/binlog/binlog-facts.ts'

export const serverUuid = 'dcd69b6a-e4c8-11f1-8a0d-02fc00000001'
export const otherUuid = '3e11fa47-71ca-11e1-9e33-c80aa9429562'

const microsOf = (time: string): string => `${new Date(time).getTime()}000`

export interface MadeFacts extends Partial<BinlogFacts> {
  /** Times, as text of a date. */
  readonly first?: string
  readonly last?: string
}

export const binlogFacts = ({ first, last, ...given }: MadeFacts): BinlogFacts => ({
  name: 'binlog.000001',
  sizeBytes: 1000,
  serverVersion: '9.7.4',
  firstTimeMicros: null,
  lastTimeMicros: null,
  previousGtids: '',
  gtids: '',
  transactions: 0,
  anonymous: 0,
  serverIds: [7],
  ending: 'rotate',
  nextName: null,
  checksums: true,
  ...given,
  ...(first !== undefined && { firstTimeMicros: microsOf(first) }),
  ...(last !== undefined && { lastTimeMicros: microsOf(last) }),
})

/** Each continues the one before it: `counts` transactions in each file. */
export const factsInARow = (counts: readonly number[], firstNumber = 1): readonly BinlogFacts[] => {
  let done = 0
  return counts.map((count, index) => {
    const before = done
    done += count
    const sequence = firstNumber + index
    return binlogFacts({
      name: `binlog.${String(sequence).padStart(6, '0')}`,
      previousGtids: before === 0 ? '' : `${serverUuid}:1-${before}`,
      gtids: count === 0 ? '' : `${serverUuid}:${before + 1}-${done}`,
      transactions: count,
      nextName: `binlog.${String(sequence + 1).padStart(6, '0')}`,
    })
  })
}

export const sealedBinlog = (facts: BinlogFacts, server = serverUuid): ArchivedBinlog => ({
  ...facts,
  format: 1,
  serverUuid: server,
  sha256: '0'.repeat(64),
  stored: {
    path: facts.name,
    compression: 'none',
    sizeBytes: facts.sizeBytes,
    sha256: '0'.repeat(64),
  },
  sealedAt: '2026-11-20T12:00:00.000Z',
})

/** An archive of closed binlogs, and of open ones after them. */
export const binlogArchive = (
  facts: readonly BinlogFacts[],
  given: Partial<BinlogArchive> & { readonly open?: readonly BinlogFacts[] } = {},
): BinlogArchive => {
  const { open = [], ...rest } = given
  const server = rest.serverUuid ?? serverUuid
  const directory = rest.directory ?? `/repo/binlog/${server}`
  const binlogs = facts.map((one) => sealedBinlog(one, server))
  const tails = open.map((one) => ({ facts: one, path: `${directory}/tail/${one.name}` }))
  return {
    serverUuid: server,
    directory,
    endedAt: null,
    binlogs,
    tails,
    members: [
      ...binlogs.map((sealed) => ({
        facts: sealed,
        path: `${directory}/${sealed.stored.path}`,
        sealed,
      })),
      ...tails.map((tail) => ({ ...tail, sealed: undefined })),
    ],
    seen: undefined,
    damaged: [],
    ...rest,
  }
}
