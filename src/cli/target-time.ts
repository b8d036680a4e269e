// Reads instants such as that of --to-time. A wrong reading would restore to the wrong moment without anybody
// noticing, so every form that can be misread is refused.

import { ClonectlError } from '../errors.ts'

export interface TargetTime {
  /** Its milliseconds. */
  readonly time: Date
  /** What it has beyond them: 0 to 999. */
  readonly micros: number
  /** Set when the text named no zone: the same instant written out, to be shown to the user. */
  readonly takenAs: string | undefined
}

const FORM =
  /^(\d{4}-\d{2}-\d{2})([Tt ])(\d{2}:\d{2}:\d{2})(?:\.(\d{1,6}))?(?:([Zz])|([+-])(\d{2}):(\d{2}))?$/
const MINUTE_MS = 60_000
const DAY_MS = 86_400_000

/** What was asked, for messages. */
interface Asked {
  readonly text: string
  readonly option: string
}

/**
 * Reads RFC 3339 with an offset or Z exactly, and a bare `YYYY-MM-DD HH:MM:SS` in the local zone.
 * Throws USAGE for anything else, and for local times that do not exist or occur twice.
 */
export const parseTargetTime = (text: string, option = 'to-time'): TargetTime => {
  const asked = { text, option }
  const match = FORM.exec(text.trim())
  if (match === null) throw wrongForm(asked)
  const [, day = '', , clock = '', fraction = '', zulu, sign, hours, minutes] = match
  const digits = fraction.padEnd(6, '0')
  const wall = wallTime(asked, `${day}T${clock}.${digits.slice(0, 3)}Z`)
  const micros = Number(digits.slice(3))
  if (zulu !== undefined) return { time: new Date(wall), micros, takenAs: undefined }
  if (sign === undefined) return { ...localTime(asked, wall), micros }
  const offset = offsetMs(asked, sign, Number(hours), Number(minutes))
  return { time: new Date(wall - offset), micros, takenAs: undefined }
}

/** The wall clock's reading as if it were UTC; refuses days and hours that do not exist. */
const wallTime = (asked: Asked, iso: string): number => {
  const wall = new Date(iso)
  if (Number.isNaN(wall.getTime()) || wall.toISOString() !== iso) throw wrongForm(asked)
  return wall.getTime()
}

const offsetMs = (asked: Asked, sign: string, hours: number, minutes: number): number => {
  if (hours > 23 || minutes > 59) throw wrongForm(asked)
  return (sign === '-' ? -1 : 1) * (hours * 60 + minutes) * MINUTE_MS
}

/** Where the clock is put forward a reading does not exist, where it is put back it occurs twice. */
const localTime = (asked: Asked, wall: number): Omit<TargetTime, 'micros'> => {
  const offsets = [-DAY_MS, DAY_MS].map((shift) => offsetAt(wall + shift))
  const instants = [...new Set(offsets.map((offset) => wall - offset))].filter(
    (instant) => instant + offsetAt(instant) === wall,
  )
  const [first, second] = instants
  if (first === undefined)
    throw usage(
      asked,
      `${asked.text} does not exist in the zone ${zoneName()}: the clock was put forward`,
    )
  if (second !== undefined)
    throw usage(
      asked,
      `${asked.text} occurs twice in the zone ${zoneName()}`,
      instants.map(formatLocal),
    )
  return { time: new Date(first), takenAs: `${formatLocal(first)} (${zoneName()})` }
}

const offsetAt = (instant: number): number => -new Date(instant).getTimezoneOffset() * MINUTE_MS

const zoneName = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone

const formatLocal = (instant: number): string => {
  const offset = offsetAt(instant)
  const wall = new Date(instant + offset).toISOString().slice(0, -1)
  const minutes = Math.abs(offset) / MINUTE_MS
  const digits = [Math.floor(minutes / 60), minutes % 60].map((n) => String(n).padStart(2, '0'))
  return `${wall}${offset < 0 ? '-' : '+'}${digits.join(':')}`
}

const ACCEPTED = ['2026-11-20T09:30:12Z', '2026-11-20T10:30:12.345+01:00', '2026-11-20 10:30:12']

const wrongForm = (asked: Asked): ClonectlError =>
  usage(asked, `--${asked.option} ${JSON.stringify(asked.text)} is not a time`)

const usage = (
  { option }: Asked,
  message: string,
  forms: readonly string[] = ACCEPTED,
): ClonectlError =>
  new ClonectlError('USAGE', message, {
    hint:
      forms === ACCEPTED
        ? `accepted: ${ACCEPTED.join(', ')} (the last is taken in the local zone)`
        : `write the one that is meant: ${forms.join(' or ')}`,
    details: { option, accepted: forms },
  })
