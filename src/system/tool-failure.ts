// How the end of a child process becomes an error.

import { ClonectlError, hasSystemCode } from '../errors.ts'
import type { ToolEnd, ToolSpec } from './tool-process.ts'

/** How many of the last lines of stderr an error carries. */
const STDERR_LINES = 20

const lastLines = (text: string): string =>
  text.trimEnd().split('\n').slice(-STDERR_LINES).join('\n')

/** The system has one error for both. */
const notFound = ({ cwd }: ToolSpec): string =>
  cwd === undefined
    ? 'there is no such program'
    : `there is no such program, or no directory ${cwd}`

/** The error of a program that could not be started: TOOL_MISSING, or PROCESS for lack of resources. */
export const startFailure = (spec: ToolSpec, error: Error | undefined): ClonectlError => {
  const missing = ['ENOENT', 'EACCES'].find((code) => hasSystemCode(error, code))
  const details = { command: spec.name, file: spec.file }
  if (missing === undefined) {
    return new ClonectlError(
      'PROCESS',
      `${spec.name} could not be started: ${error?.message ?? 'no reason given'}`,
      { details, cause: error },
    )
  }
  const found = missing === 'ENOENT' ? notFound(spec) : 'it may not be executed'
  return new ClonectlError(
    'TOOL_MISSING',
    `${spec.name} was looked for at ${spec.file}: ${found}`,
    {
      hint: 'Install it, or name the directory of the installation that holds it.',
      details,
      cause: error,
    },
  )
}

/** The error that the end of a process stands for: TOOL_MISSING, PROCESS, or none after exit code 0. */
export const failureOf = (spec: ToolSpec, end: ToolEnd): ClonectlError | undefined => {
  if (end.startError !== undefined) return startFailure(spec, end.startError)
  if (end.exitCode === 0) return undefined
  const { exitCode, signal } = end
  const how =
    signal === null ? `ended with exit code ${exitCode ?? 'unknown'}` : `was killed by ${signal}`
  const stderrTail = lastLines(end.stderr)
  const lastLine = stderrTail.slice(stderrTail.lastIndexOf('\n') + 1)
  return new ClonectlError('PROCESS', `${spec.name} ${how}${lastLine && `: ${lastLine}`}`, {
    details: { command: spec.name, exitCode, signal, stderrTail },
  })
}
