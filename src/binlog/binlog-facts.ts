// What is to be known of one binlog as a whole, so that recovery can be planned without reading it again.

import { z } from 'zod'

/** Microseconds since 1970 as a decimal string: what GTID events hold, and more than a Date can. */
const micros = z.string().regex(/^\d+$/u)

export const binlogFactsSchema = z.object({
  /** As the server calls it: "binlog.000012". */
  name: z.string(),
  /** Of the binlog as mysqlbinlog reads it; the server's own file is larger when it is encrypted. */
  sizeBytes: z.int().nonnegative(),
  /** Version of the server that wrote it, from its format description. */
  serverVersion: z.string(),
  /** Earliest and latest commit, or time of an event where the server writes no commit time; null without events. */
  firstTimeMicros: micros.nullable(),
  lastTimeMicros: micros.nullable(),
  /** GTIDs of everything that was written before this file; empty without GTIDs. */
  previousGtids: z.string(),
  /** GTIDs of the transactions in it. */
  gtids: z.string(),
  transactions: z.int().nonnegative(),
  /** Transactions without a GTID, which are among the number above. */
  anonymous: z.int().nonnegative(),
  /** Server ids that stand in its events. */
  serverIds: z.array(z.int().nonnegative()).readonly(),
  /** How it ends: told of the next file, told of a shutdown, or neither, when the server died or still writes. */
  ending: z.enum(['rotate', 'stop', 'none']),
  /** The next file, when its end tells. */
  nextName: z.string().nullable(),
  /** Whether each event has a CRC-32 (binlog_checksum). */
  checksums: z.boolean(),
  /** Set when the server removed it before its end was pulled. */
  cut: z.literal(true).optional(),
})

export type BinlogFacts = z.infer<typeof binlogFactsSchema>
