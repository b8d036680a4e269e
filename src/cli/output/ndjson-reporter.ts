// The story for programs: one JSON object per line. docs/json-output.md lists the fields.

import type { Fields } from '../../report/reporter.ts'
import { errorObject } from '../error-report.ts'
import type { OutputStream } from '../io.ts'
import { formatJsonLine } from './json.ts'
import { measureStages } from './measured-stages.ts'
import type { Measure } from './progress-text.ts'
import type { OutputSettings, RunReporter } from './run-reporter.ts'

/** A program can draw a bar from that; a log file does not fill with it. */
const PROGRESS_MS = 2000

/** A reporter that writes objects with `ts`, `level` and `type` to `stream`. */
export const makeNdjsonReporter = (
  stream: OutputStream,
  settings: OutputSettings,
  now: () => Date,
): RunReporter => {
  const write = (level: string, type: string, facts: object): void => {
    void stream.write(formatJsonLine({ ts: now(), level, type, ...facts }))
  }
  const info = (type: string, facts: object): void => {
    if (!settings.quiet) write('info', type, facts)
  }
  const stages = measureStages({
    intervalMs: PROGRESS_MS,
    tick: () => {
      if (!settings.noProgress)
        for (const measure of stages.measures()) info('progress', measureObject(measure, false))
    },
    ended: (measure) => info('progress', measureObject(measure, true)),
  })
  return {
    begin: (run) => write('info', 'begin', run),
    step: (name, fields) => info('step', { step: name, ...fieldsObject(fields) }),
    info: (message, fields) => info('message', { message, ...fieldsObject(fields) }),
    warn: (message, fields) => write('warn', 'message', { message, ...fieldsObject(fields) }),
    debug: (message, fields) => {
      if (settings.verbose && !settings.quiet)
        write('debug', 'message', { message, ...fieldsObject(fields) })
    },
    progress: (label, totalBytes) => stages.begin(label, totalBytes),
    fail: (report) => write('error', 'error', errorObject(report)),
    end: ({ command, ending, durationMs }) => {
      stages.close()
      write('info', 'end', { command, ending, durationMs: Math.round(durationMs) })
    },
  }
}

/** Under a name of their own, so that no field can hide a part of the frame. */
const fieldsObject = (fields: Fields | undefined): object =>
  fields === undefined ? {} : { fields }

const measureObject = (measure: Measure, ended: boolean): object => ({
  label: measure.label,
  doneBytes: measure.doneBytes,
  totalBytes: measure.totalBytes ?? null,
  elapsedMs: Math.round(measure.elapsedMs),
  ended,
})
