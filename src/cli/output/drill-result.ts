// What `drill` answers: what is wrong first, then what was done and how long it took.

import type { DrillRecord } from '../../repository/drill-file.ts'
import type { DrillOutcome } from '../../restore/drill-request.ts'
import { describeState } from '../../restore/target.ts'
import type { CommandResult } from '../command.ts'
import { formatBytes } from './bytes.ts'
import { formatDuration } from './duration.ts'

/** The outcome as a document and as text. A failure gives its exit code. */
export const drillResult = (outcome: DrillOutcome): CommandResult => {
  const { record, failure, evidence, kept } = outcome
  const { outcome: word, error, ...facts } = record
  return {
    document: {
      outcome: word,
      error: error && { ...error, exitCode: failure?.exitCode },
      ...facts,
      evidence: evidence ?? null,
      kept: kept ?? null,
    },
    text: [...failureLines(record), ...summary(record), ...placeLines(outcome)].join(''),
    exitCode: failure?.exitCode ?? 0,
  }
}

const failureLines = ({ error, problems, probes }: DrillRecord): readonly string[] => {
  if (error === null) return []
  return [
    ...problems.map(({ kind, name, message }) => {
      const sql = probes.find(({ line }) => kind === 'probe' && name === `line ${line}`)?.sql
      const asked = sql === undefined ? '' : `    ${oneLine(sql)}\n`
      return `failed  ${kind} ${name}: ${message}\n${asked}`
    }),
    `error: ${error.code} ${error.message}\n`,
    ...logErrorsOf(error.details).map((line) => `  log: ${line}\n`),
    ...(error.hint === null ? [] : [`  hint: ${error.hint}\n`]),
    '\n',
  ]
}

const SHOWN_SQL = 100

const oneLine = (sql: string): string => {
  const line = sql.replaceAll(/\s+/g, ' ')
  return line.length > SHOWN_SQL ? `${line.slice(0, SHOWN_SQL)}…` : line
}

const logErrorsOf = ({ logErrors }: Readonly<Record<string, unknown>>): readonly string[] =>
  Array.isArray(logErrors) ? logErrors.filter((line) => typeof line === 'string') : []

const line = (title: string, text: string): string => `${`${title}:`.padEnd(15)}${text}\n`

const summary = (record: DrillRecord): readonly string[] => [
  line('drill', record.outcome === 'ok' ? 'ok' : 'FAILED'),
  line('restored', targetText(record)),
  line('chain', record.chain.join(' ==> ') || 'none'),
  ...(record.appliedBy === null ? [] : [line('applied by', record.appliedBy)]),
  line('recovery time', recoveryText(record)),
  line('steps', stepsText(record)),
  ...(record.files === null
    ? []
    : [line('data', `${record.files} files, ${formatBytes(record.bytes ?? 0)}`)]),
  ...(record.mysqldVersion === null ? [] : [line('server', `mysqld ${record.mysqldVersion}`)]),
  ...(record.gtidExecuted ? [line('GTIDs', record.gtidExecuted)] : []),
  ...(record.mysqldVersion === null ? [] : [line('tables', tablesText(record))]),
  ...(record.probes.length === 0 ? [] : [line('probes', probesText(record))]),
]

const targetText = ({ target, backup }: DrillRecord): string => {
  if (target.kind === 'time') return `the state at ${target.time}, from backup ${backup}`
  if (target.kind !== 'backup') return `${describeState(target)}, from backup ${backup}`
  return target.reference === backup ? `backup ${backup}` : `backup ${backup} (${target.reference})`
}

const recoveryText = ({ recoveryMs }: DrillRecord): string =>
  recoveryMs === null
    ? 'unknown: no server answered'
    : `${formatDuration(recoveryMs)}, from the beginning until the server answered`

const stepsText = ({ steps }: DrillRecord): string =>
  steps.map(({ step, durationMs }) => `${step} ${formatDuration(durationMs)}`).join(', ') || 'none'

const tablesText = ({ tables, checkLevel, otherTables, problems }: DrillRecord): string => {
  const checked = tables.filter(({ check }) => check !== null).length
  const sums = tables.filter(({ checksum }) => checksum !== null).length
  const bad = problems.filter(({ kind }) => kind === 'table').length
  return [
    ...(checkLevel === null ? [] : [`${checked} checked (${checkLevel})`]),
    `${sums} with a checksum`,
    `${bad === 0 ? 'none' : bad} damaged`,
    ...(otherTables === 0 ? [] : [`${otherTables} not InnoDB, empty in every clone`]),
  ].join(', ')
}

const probesText = ({ probes }: DrillRecord): string => {
  const good = probes.filter(({ outcome }) => outcome === 'ok').length
  return `${good} of ${probes.length} as expected`
}

const placeLines = ({ record, evidence, kept }: DrillOutcome): readonly string[] => [
  line('evidence', evidence ?? 'none: it could not be written'),
  ...(kept === undefined ? [] : keptLines(kept)),
  line('took', formatDuration(record.durationMs)),
]

const keptLines = (directory: string): readonly string[] => [
  line('kept', directory),
  line('start it', `mysqld --defaults-file=${directory}/clonectl-mysqld.cnf`),
]
