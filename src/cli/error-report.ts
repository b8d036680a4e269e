// What is told about a failure, as text and as JSON. The exit code comes from the error table; what
// is not in it is a bug of clonectl and says so.

import { ClonectlError } from '../errors.ts'
import { formatJsonLine } from './output/json.ts'

export interface ErrorReport {
  /** A code of the error table, or BUG. */
  readonly code: string
  readonly exitCode: number
  readonly message: string
  readonly hint: string | undefined
  readonly details: Readonly<Record<string, unknown>>
}

/** What a report of a bug needs. */
export interface RunFacts {
  readonly version: string
  /** Secrets masked. */
  readonly commandLine: string
}

const BUG_EXIT_CODE = 1

/** Describes whatever was thrown. */
export const reportOf = (error: unknown, facts: RunFacts): ErrorReport => {
  if (!(error instanceof ClonectlError)) return bugReport(error, facts)
  const { code, exitCode, message, hint, details } = error
  return { code, exitCode, message, hint, details }
}

const bugReport = (error: unknown, facts: RunFacts): ErrorReport => ({
  code: 'BUG',
  exitCode: BUG_EXIT_CODE,
  message: `this is a bug in clonectl: ${error instanceof Error ? error.message : String(error)}`,
  hint: 'please report it with the details; sealed backups are not affected',
  details: {
    version: facts.version,
    node: process.version,
    commandLine: facts.commandLine,
    stack: error instanceof Error ? error.stack : undefined,
  },
})

/** The object behind the JSON form; `type` lets a reader pick it out of a stream. */
export const errorObject = ({ code, exitCode, message, hint, details }: ErrorReport): object => ({
  type: 'error',
  code,
  exitCode,
  message,
  hint: hint ?? null,
  details,
})

/** One line of JSON. */
export const formatErrorJson = (report: ErrorReport): string => formatJsonLine(errorObject(report))

/** `error: CODE message`, the details indented, and the hint. */
export const formatErrorText = (report: ErrorReport): string => {
  const details = Object.entries(report.details).flatMap(([key, value]) => detailLines(key, value))
  const hint = report.hint === undefined ? [] : [`  hint: ${report.hint}`]
  return [`error: ${report.code} ${report.message}`, ...details, ...hint]
    .map((line) => `${line}\n`)
    .join('')
}

const detailLines = (key: string, value: unknown): readonly string[] => {
  if (value === undefined || value === null) return []
  const text = typeof value === 'string' ? value : formatJsonLine({ value }).trimEnd().slice(9, -1)
  const [first = '', ...more] = text.trimEnd().split('\n')
  return more.length === 0
    ? [`  ${key}: ${first}`]
    : [`  ${key}:`, ...[first, ...more].map((line) => `    ${line}`)]
}
