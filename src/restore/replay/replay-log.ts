// A binlog that a replay may need, wherever it lies: in the archive, in a directory, or fetched from the donor.

import type { BinlogFacts } from '../../binlog/binlog-facts.ts'
import type { BinlogFile } from '../../mysql/binlog-directory.ts'
import { type BinlogEvent, scanBinlog } from '../../mysql/binlog-file.ts'
import { copyNewFile } from '../../system/copy-new-file.ts'

export interface ReplayLog {
  /** As the server calls it. */
  readonly name: string
  /** Where it is, for messages. */
  readonly path: string
  /** Of the binlog itself, which may be stored compressed. */
  readonly sizeBytes: number
  /** What the archive's index says of it; undefined when only reading it tells. */
  readonly facts: BinlogFacts | undefined
  /** Whether its server differs from that of the log before, so that its beginning may be known already. */
  readonly changesServer: boolean
  /** Whether the server still wrote to it, so that it may end within a transaction. */
  readonly isOpen: boolean
  /** Its events in their order. */
  events(): AsyncIterable<BinlogEvent>
  /** Makes a copy of the binlog itself, proved when the archive knows its hash. */
  copyTo(path: string, signal: AbortSignal): Promise<void>
}

/** A binlog as a server or mysqlbinlog left it. */
export const logOfFile = (
  { name, path, sizeBytes }: Pick<BinlogFile, 'name' | 'path' | 'sizeBytes'>,
  isOpen: boolean,
): ReplayLog => ({
  ...{ name, path, sizeBytes, isOpen },
  facts: undefined,
  changesServer: false,
  events: () => scanBinlog(path, { open: isOpen }),
  copyTo: (to) => copyNewFile(path, to),
})
