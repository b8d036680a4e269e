// Every measurement there is.
import type { Bench } from './bench.ts'
import { decompress } from './decompress.ts'
import { full } from './full.ts'
import { increment } from './increment.ts'
import { replay } from './replay.ts'
import { restore } from './restore.ts'
import { start } from './start.ts'
import { verify } from './verify.ts'

export const benches: readonly Bench[] = [
  full,
  increment,
  restore,
  decompress,
  replay,
  start,
  verify,
]
