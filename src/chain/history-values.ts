// The columns of mysql.clone_history, as text in an exported file: what each of them must look like.

import { parseLsn } from './lsn.ts'

type Kind = 'id' | 'integer' | 'text' | 'time' | 'lsn'

interface HistoryColumn {
  readonly kind: Kind
  /** Without it no chain can be built. */
  readonly required: boolean
}

/** Those that are read; others may stand beside them. */
export const historyColumns: ReadonlyMap<string, HistoryColumn> = new Map<string, HistoryColumn>([
  ['ID', { kind: 'id', required: true }],
  ['PID', { kind: 'integer', required: false }],
  ['CLONE_TYPE', { kind: 'text', required: true }],
  ['STATE', { kind: 'text', required: true }],
  ['BEGIN_TIME', { kind: 'time', required: true }],
  ['END_TIME', { kind: 'time', required: true }],
  ['SOURCE', { kind: 'text', required: true }],
  ['DESTINATION', { kind: 'text', required: false }],
  ['ERROR_NO', { kind: 'integer', required: false }],
  ['ERROR_MESSAGE', { kind: 'text', required: false }],
  ['START_LSN', { kind: 'lsn', required: true }],
  ['PAGE_TRACK_LSN', { kind: 'lsn', required: true }],
  ['END_LSN', { kind: 'lsn', required: true }],
])

/** Names of required columns that are not among `names`. */
export const missingColumns = (names: { has(name: string): boolean }): readonly string[] =>
  [...historyColumns].flatMap(([name, { required }]) =>
    required && !names.has(name) ? [name] : [],
  )

/** The value as a session in UTC would send it, or what was expected instead. */
export type HistoryValue =
  | { readonly ok: true; readonly value: string | null }
  | { readonly ok: false; readonly expected: string }

const MINUTE_MS = 60_000
const timeForm = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?$/

const good = (value: string | null): HistoryValue => ({ ok: true, value })
const bad = (expected: string): HistoryValue => ({ ok: false, expected })

/** Reads one value; times were written `offsetMinutes` ahead of UTC. */
export const readHistoryValue = (
  kind: Kind,
  text: string | null,
  offsetMinutes: number,
): HistoryValue => {
  if (text === null) return kind === 'id' ? bad('a whole number') : good(null)
  switch (kind) {
    case 'text':
      return good(text)
    case 'id':
      return /^\d{1,19}$/.test(text) ? good(text) : bad('a whole number')
    case 'integer':
      return /^-?\d{1,19}$/.test(text) ? good(text) : bad('a whole number')
    case 'lsn':
      return parseLsn(text) === undefined ? bad('a decimal LSN') : good(text)
    case 'time':
      return readTime(text, offsetMinutes)
  }
}

const readTime = (text: string, offsetMinutes: number): HistoryValue => {
  // What the server shows for a time that is none.
  if (text.startsWith('0000-00-00')) return good(null)
  const [, day, clock, fraction = ''] = timeForm.exec(text) ?? []
  const written = `${day}T${clock}.${fraction.padEnd(3, '0').slice(0, 3)}Z`
  const wall = new Date(written)
  // Date takes 30 February for 1 March.
  if (Number.isNaN(wall.getTime()) || wall.toISOString() !== written)
    return bad('a time such as 2026-11-20 09:30:12.345')
  const instant = new Date(wall.getTime() - offsetMinutes * MINUTE_MS)
  return good(instant.toISOString().replace('T', ' ').replace('Z', ''))
}
