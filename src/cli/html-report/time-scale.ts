// Times on a line: where each lies, and which round times to write below it. All of it is UTC.

export interface TimeScale {
  readonly from: Date
  readonly to: Date
  /** How far along a time lies: 0 at `from`, 1 at `to`. */
  readonly at: (time: Date) => number
}

/** A line without length is drawn as one of a minute. */
export const timeScale = (from: Date, to: Date): TimeScale => {
  const span = Math.max(to.getTime() - from.getTime(), MINUTE)
  return {
    from,
    to,
    at: (time) => Math.min(1, Math.max(0, (time.getTime() - from.getTime()) / span)),
  }
}

export interface Tick {
  readonly time: Date
  readonly label: string
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const STEPS: readonly number[] = [
  ...[1, 5, 15, 30].map((minutes) => minutes * MINUTE),
  ...[1, 3, 6, 12].map((hours) => hours * HOUR),
  ...[1, 2, 7, 14, 30, 91, 182, 365, 730, 1825, 3650].map((days) => days * DAY),
]

/** At most `most` round times on the line, as far apart from each other as the next. */
export const ticksOf = ({ from, to }: TimeScale, most: number): readonly Tick[] => {
  const span = to.getTime() - from.getTime()
  const step = STEPS.find((one) => span / one <= most - 1) ?? 36500 * DAY
  const first = Math.ceil(from.getTime() / step) * step
  const count = Math.max(0, Math.floor((to.getTime() - first) / step) + 1)
  return Array.from({ length: Math.min(count, most) }, (_, index) => {
    const time = new Date(first + index * step)
    return { time, label: tickLabel(time, step) }
  })
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

const tickLabel = (time: Date, step: number): string => {
  if (step >= 91 * DAY) return `${monthOf(time)} ${time.getUTCFullYear()}`
  return step >= DAY ? shortDay(time) : `${shortDay(time)} ${time.toISOString().slice(11, 16)}`
}

const monthOf = (time: Date): string => MONTHS[time.getUTCMonth()] ?? ''

const shortDay = (time: Date): string => `${time.getUTCDate()} ${monthOf(time)}`

/** `20 Nov 2026, 09:30`, where there is little room. */
export const shortTime = (time: Date): string =>
  `${shortDay(time)} ${time.getUTCFullYear()}, ${time.toISOString().slice(11, 16)}`
