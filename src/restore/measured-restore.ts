// The steps of a restore, measured while it tells them to its reporter.

import type { Reporter } from '../report/reporter.ts'
import type { Stopwatch } from './stopwatch.ts'

/** A reporter that passes everything on, and starts the stopwatch anew at every step. */
export const measuringReporter = (reporter: Reporter, stopwatch: Stopwatch): Reporter => ({
  step: (name, fields) => {
    stopwatch.begin(measuredStep(name))
    reporter.step(name, fields)
  },
  info: (message, fields) => reporter.info(message, fields),
  warn: (message, fields) => reporter.warn(message, fields),
  debug: (message, fields) => reporter.debug(message, fields),
  progress: (label, totalBytes) => {
    // Each increment is staged before it is applied, which is told as progress only.
    if (/^stage(?: \d+)?$/.test(label)) stopwatch.begin('stage')
    return reporter.progress(label, totalBytes)
  },
})

/** `apply 1`, `apply 2` are one step; a server that is started within a restore is for the replay. */
const measuredStep = (name: string): string =>
  name === 'start' ? 'replay' : name.replace(/ \d+$/, '')
