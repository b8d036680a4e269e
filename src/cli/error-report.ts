// What is told about a failure, as text and as JSON. The exit code comes from the error table; what
// is not in it is a bug of clonectl and says so.

import { ClonectlError } from '../errors.ts'
import { fromSystemError } from '../system/system-error.ts'
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
  const known = error instanceof ClonectlError ? error : fromSystemError(error)
  if (known === undefined) return bugReport(error, facts)
  const { code, exitCode, message, hint, details } = known
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

/** `error: CODE message`, the details that the message does not say, and the hints. */
export const formatErrorText = ({ code, message, hint = '', details }: ErrorReport): string => {
  const told = `${message}\n${hint}`
  const lines = [
    `error: ${code} ${message}`,
    ...Object.entries(details).flatMap(([key, value]) => detailLines(key, value, told)),
    ...hint.split('\n').flatMap((line) => (line === '' ? [] : [`  hint: ${line}`])),
  ]
  return lines.map((line) => `${line}\n`).join('')
}

/** Lists of objects are for programs: a message tells each of them in words. */
const detailLines = (key: string, value: unknown, told: string): readonly string[] => {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value]
  const lines = values.flatMap(linesOf).filter((line) => !told.includes(line))
  const [only] = lines
  if (only === undefined) return []
  return lines.length === 1 ? [`  ${key}: ${only}`] : [`  ${key}:`, ...lines.map((l) => `    ${l}`)]
}

const linesOf = (value: unknown): readonly string[] => {
  if (typeof value === 'string') return value.trimEnd().split('\n')
  return typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean'
    ? [String(value)]
    : []
}
