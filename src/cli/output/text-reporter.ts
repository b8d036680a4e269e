// The story for people: lines of text, and on a terminal one line below them that is redrawn.

import { styleText } from 'node:util'
import type { Fields } from '../../report/reporter.ts'
import { formatErrorJson, formatErrorText } from '../error-report.ts'
import type { OutputStream } from '../io.ts'
import { measureStages } from './measured-stages.ts'
import { finishedText, progressText } from './progress-text.ts'
import type { OutputSettings, RunReporter } from './run-reporter.ts'
import { makeStatusLine } from './status-line.ts'

/** Often enough to look alive; rarely enough to cost nothing. */
const REDRAW_MS = 100
/** For logs, where every line stays. */
const PLAIN_LINE_MS = 30_000

type Style = Parameters<typeof styleText>[0]

/** A reporter that writes text to `stream`; colours only where the terminal wants them. */
export const makeTextReporter = (
  stream: OutputStream,
  settings: OutputSettings,
  colours: boolean,
): RunReporter => {
  const status = makeStatusLine(stream)
  const live = stream.isTTY && !settings.noProgress
  const paint = (style: Style, text: string): string =>
    colours ? styleText(style, text, { validateStream: false }) : text
  const info = (line: string): void => {
    if (!settings.quiet) status.above(`${line}\n`)
  }
  const stages = measureStages({
    intervalMs: live ? REDRAW_MS : PLAIN_LINE_MS,
    tick: () => {
      const lines = stages.measures().map(progressText)
      if (settings.noProgress || settings.quiet) return
      if (live) status.show(lines.at(-1) ?? '')
      else for (const line of lines) info(line)
    },
    ended: (measure) => {
      status.show('')
      if (measure.doneBytes > 0) info(finishedText(measure))
    },
  })
  return {
    begin: (run) => {
      const words = [`${run.command} begin: clonectl ${run.version}`, run.arguments]
      status.above(`${words.join(' ').trimEnd()}\n`)
    },
    step: (name, fields) => info(`${paint('bold', name)}${fieldText(fields)}`),
    info: (message, fields) => info(`${message}${fieldText(fields)}`),
    warn: (message, fields) =>
      status.above(`${paint('yellow', 'warning:')} ${message}${fieldText(fields)}\n`),
    debug: (message, fields) => {
      if (settings.verbose) info(paint('dim', `${message}${fieldText(fields)}`))
    },
    progress: (label, totalBytes) => stages.begin(label, totalBytes),
    fail: (report) => {
      const format = settings.json ? formatErrorJson : formatErrorText
      status.above(format(report))
    },
    end: ({ command, ending, durationMs }) => {
      stages.close()
      status.show('')
      status.above(`${command} end: ${ending} (${Math.round(durationMs)} ms)\n`)
    },
  }
}

/** ` (key value, key value)`; nothing without fields. */
const fieldText = (fields: Fields = {}): string => {
  const words = Object.entries(fields).map(([key, value]) => `${key} ${String(value)}`)
  return words.length === 0 ? '' : ` (${words.join(', ')})`
}
