// The reporter for when nobody listens.

import type { Progress, Reporter } from './reporter.ts'

const nothing = (): void => undefined

const silentProgress: Progress = { add: nothing, setTotal: nothing, end: nothing }

/** Says nothing: for tests and for work nobody watches. */
export const silentReporter: Reporter = {
  step: nothing,
  info: nothing,
  warn: nothing,
  debug: nothing,
  progress: () => silentProgress,
}
