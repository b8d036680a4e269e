// Chooses who tells the story of a run.

import type { Io } from '../io.ts'
import { makeNdjsonReporter } from './ndjson-reporter.ts'
import type { OutputSettings, RunReporter } from './run-reporter.ts'
import { makeTextReporter } from './text-reporter.ts'

/** The reporter for these settings, on standard error. */
export const makeRunReporter = ({ stderr, env }: Io, settings: OutputSettings): RunReporter =>
  settings.logFormat === 'ndjson'
    ? makeNdjsonReporter(stderr, settings, () => new Date())
    : makeTextReporter(stderr, settings, stderr.isTTY && wantsColours(env))

/** https://no-color.org: set to anything but nothing. */
const wantsColours = (env: Io['env']): boolean => !env['NO_COLOR'] && env['TERM'] !== 'dumb'
