// How a run ends: the exit code and the word of its last line.

import { errorTable } from '../errors.ts'
import type { RunEnding } from './output/run-reporter.ts'

const ENDINGS: Readonly<Record<number, RunEnding>> = {
  0: 'complete',
  [errorTable.TIME_LIMIT.exitCode]: 'timed out',
  [errorTable.CANCELLED.exitCode]: 'cancelled',
}

/** The word that goes with an exit code. */
export const endingOf = (exitCode: number): RunEnding => ENDINGS[exitCode] ?? 'failed'
