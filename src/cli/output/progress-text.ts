// A measured stage in one line: how much, how fast, how long still.

import { formatBytes } from './bytes.ts'
import { formatDuration } from './duration.ts'

export interface Measure {
  readonly label: string
  readonly doneBytes: number
  /** Undefined while nobody knows. */
  readonly totalBytes: number | undefined
  readonly elapsedMs: number
}

/** Before that, a speed says nothing. */
const SETTLED_MS = 500

const speed = ({ doneBytes, elapsedMs }: Measure): number => (doneBytes / elapsedMs) * 1000

const amount = ({ doneBytes, totalBytes }: Measure): string =>
  totalBytes === undefined
    ? formatBytes(doneBytes)
    : `${formatBytes(doneBytes)} of ${formatBytes(totalBytes)}`

const percent = ({ doneBytes, totalBytes }: Measure): readonly string[] =>
  totalBytes === undefined || totalBytes === 0
    ? []
    : // More than the estimate may come, as when a table grows while it is copied.
      [`${Math.min(100, Math.floor((100 * doneBytes) / totalBytes))} %`]

const pace = (measure: Measure): readonly string[] => {
  const { doneBytes, totalBytes, elapsedMs } = measure
  if (elapsedMs < SETTLED_MS || doneBytes === 0) return []
  const perSecond = `${formatBytes(speed(measure))}/s`
  if (totalBytes === undefined || doneBytes >= totalBytes) return [perSecond]
  const leftMs = ((totalBytes - doneBytes) / speed(measure)) * 1000
  return [perSecond, `${formatDuration(leftMs)} left`]
}

/** `copy: 45 %, 1.35 GiB of 3.00 GiB, 340 MiB/s, 5.0 s left` */
export const progressText = (measure: Measure): string =>
  `${measure.label}: ${[...percent(measure), amount(measure), ...pace(measure)].join(', ')}`

/** `copy: 3.00 GiB in 9.2 s (334 MiB/s)` */
export const finishedText = (measure: Measure): string => {
  const rate = measure.elapsedMs < SETTLED_MS ? '' : ` (${formatBytes(speed(measure))}/s)`
  return `${measure.label}: ${formatBytes(measure.doneBytes)} in ${formatDuration(measure.elapsedMs)}${rate}`
}
