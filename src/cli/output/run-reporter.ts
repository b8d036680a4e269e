// What a run says on standard error: the story of its work, framed by a first and a last line that
// come whatever happens between.

import type { Options } from '../../config/options.ts'
import type { Reporter } from '../../report/reporter.ts'
import type { ErrorReport } from '../error-report.ts'

export type RunEnding = 'complete' | 'failed' | 'cancelled' | 'timed out'

export interface RunBeginning {
  readonly command: string
  readonly version: string
  /** Arguments after the command's name, secrets masked. */
  readonly arguments: string
}

export interface RunEnd {
  readonly command: string
  readonly ending: RunEnding
  readonly durationMs: number
}

export interface RunReporter extends Reporter {
  begin(run: RunBeginning): void
  fail(report: ErrorReport): void
  end(run: RunEnd): void
}

/** What the user wants of it. With `json`, errors are one line of JSON even among text. */
export type OutputSettings = Pick<
  Options,
  'json' | 'logFormat' | 'quiet' | 'verbose' | 'noProgress'
>
