// One line for Nagios and its kin: state, what is wrong or how things stand, and numbers for graphs.
// https://nagios-plugins.org/doc/guidelines.html

import type { CommandResult } from '../command.ts'

/** The exit codes are Nagios's own here, not those of docs/exit-codes.md. */
export const NAGIOS_EXIT_CODES = { OK: 0, WARNING: 1, CRITICAL: 2, UNKNOWN: 3 } as const

export type NagiosState = keyof typeof NAGIOS_EXIT_CODES

export interface NagiosFinding {
  readonly state: Exclude<NagiosState, 'OK'>
  readonly message: string
}

export interface PerfDatum {
  /** Letters only, so that it needs no quotes. */
  readonly label: string
  readonly value: number
  readonly unit: 's' | 'B' | ''
  readonly warn?: number
  readonly crit?: number
}

export interface NagiosReport {
  readonly findings: readonly NagiosFinding[]
  /** How things stand, for when there is nothing to find. */
  readonly summary: string
  readonly perfData: readonly PerfDatum[]
}

/** What is known to be wrong comes before what could not be found out. */
const WORST_FIRST = ['CRITICAL', 'WARNING', 'UNKNOWN'] as const

/** NRPE of old cuts at 1024 bytes. */
const MOST_FINDINGS = 4
const MOST_CHARACTERS = 160

/** The line, its exit code, and the same as a document. */
export const nagiosResult = ({ findings, summary, perfData }: NagiosReport): CommandResult => {
  const sorted = WORST_FIRST.flatMap((state) => findings.filter((one) => one.state === state))
  const state = sorted[0]?.state ?? 'OK'
  const text = sorted.length === 0 ? summary : findingsText(sorted)
  const numbers = perfData.map(formatPerfDatum).join(' ')
  return {
    document: { state, summary, findings: sorted, perfData },
    text: nagiosLine(state, text) + (numbers === '' ? '' : ` | ${numbers}`) + '\n',
    exitCode: NAGIOS_EXIT_CODES[state],
  }
}

/** `CLONECTL STATE - text`, whatever the text holds: neither a second line nor a bar that begins numbers. */
export const nagiosLine = (state: NagiosState, text: string): string =>
  `CLONECTL ${state} - ${oneLine(text)}`

const oneLine = (text: string): string =>
  text
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/\p{Cc}/gu, '')
    .replaceAll('|', '/')
    .trim()

const findingsText = (findings: readonly NagiosFinding[]): string => {
  const more = findings.length - MOST_FINDINGS
  return [
    ...findings.slice(0, MOST_FINDINGS).map(({ message }) => shorten(oneLine(message))),
    ...(more > 0 ? [`and ${more} more`] : []),
  ].join('; ')
}

const shorten = (text: string): string => {
  const characters = Array.from(text)
  return characters.length <= MOST_CHARACTERS
    ? text
    : `${characters.slice(0, MOST_CHARACTERS - 1).join('')}…`
}

const formatPerfDatum = ({ label, value, unit, warn, crit }: PerfDatum): string =>
  `${label}=${value}${unit};${warn ?? ''};${crit ?? ''};0`
