// The error log of a mysqld that applied an increment. The exit code says nothing: a delta that it
// could not apply it logs, and goes on to the next (arch0apply.cc). Messages may be in another
// language; codes, labels and what follows the first colon are not.

import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { ApplyJob } from './applier.ts'

/** ER_CLONE_APPLY_FILE_ERROR. */
const FAILURE = 'MY-049508'
const PROBLEMS_AT_MOST = 20

/** What the log must say, and may. */
export interface ExpectedLog {
  /** Deltas that hold anything: each is told of when it is applied. Absolute paths. */
  readonly applied: readonly string[]
  /** Those among them that hold raw pages: the server calls them invalid, and is right. */
  readonly raw: readonly string[]
}

/** What a log must say of a job that went well. */
export const expectedLog = ({ directory, deltas }: ApplyJob): ExpectedLog => {
  const pathsOf = (wanted: (delta: ApplyJob['deltas'][number]) => boolean): readonly string[] =>
    deltas.filter(wanted).map(({ tablespace }) => join(directory, `${tablespace}.delta`))
  return {
    applied: pathsOf(({ summary }) => summary.raw || summary.pages > 0),
    raw: pathsOf(({ summary }) => summary.raw),
  }
}

interface Reading {
  readonly waiting: Set<string>
  readonly raw: ReadonlySet<string>
  readonly problems: string[]
  began: boolean
  ended: boolean
}

/** Reads what was written after the log had `fromBytes` bytes; returns what is wrong with it. */
export const readApplyLog = async (
  logFile: string,
  fromBytes: number,
  expected: ExpectedLog,
): Promise<readonly string[]> => {
  const reading: Reading = {
    waiting: new Set(expected.applied),
    raw: new Set(expected.raw),
    problems: [],
    began: false,
    ended: false,
  }
  const input = createReadStream(logFile, { start: fromBytes })
  for await (const line of createInterface({ input, crlfDelay: Infinity })) readLine(reading, line)
  return [...reading.problems, ...missing(reading)].slice(0, PROBLEMS_AT_MOST)
}

const missing = ({ waiting, began, ended }: Reading): readonly string[] => [
  ...(began ? [] : ['its log does not say that it began to apply']),
  ...(ended ? [] : ['its log does not say that it came to an end']),
  ...[...waiting].map((path) => `its log does not say that it applied ${path}`),
]

const readLine = (reading: Reading, line: string): void => {
  if (line.includes(FAILURE) || line.includes('[ERROR]')) reading.problems.push(textOf(line))
  if (/Apply delta pages in\s.*\sstart$/.test(line)) reading.began = true
  if (/extend tablespace in\s.*\scomplete!$/.test(line)) reading.ended = true
  const [, applied] = /Applying\s+(\S+) to \S+$/.exec(line) ?? []
  if (applied !== undefined) reading.waiting.delete(applied)
  const [, invalid] = /(\S+) is not valid \.delta file\.?$/.exec(line) ?? []
  if (invalid !== undefined && !reading.raw.has(invalid)) reading.problems.push(textOf(line))
}

/** `2026-11-20T10:17:07Z 1 [ERROR] [MY-049508] [InnoDB] text`: from the label on. */
const textOf = (line: string): string =>
  /\[(?:ERROR|Warning|Note|System)\].*$/.exec(line)?.[0] ?? line
