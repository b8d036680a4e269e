// Durations as people read them.

const SECOND_MS = 1000
const MINUTE_S = 60
const HOUR_S = 3600

const two = (value: number): string => String(value).padStart(2, '0')

/** `0.4 s`, `12 s`, `3 min 04 s` or `2 h 03 min`: as exact as somebody who waits needs it. */
export const formatDuration = (durationMs: number): string => {
  if (durationMs < 10 * SECOND_MS) return `${(durationMs / SECOND_MS).toFixed(1)} s`
  const seconds = Math.round(durationMs / SECOND_MS)
  if (seconds < MINUTE_S) return `${seconds} s`
  if (seconds < HOUR_S) return `${Math.floor(seconds / MINUTE_S)} min ${two(seconds % MINUTE_S)} s`
  const minutes = Math.floor(seconds / MINUTE_S)
  return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`
}

const DAY_H = 24

/** `3 min`, `26 h` or `12 d`: an age, in the unit in which limits for it are set. */
export const formatAge = (ageMs: number): string => {
  const hours = ageMs / SECOND_MS / HOUR_S
  if (hours < 2) return `${Math.floor(hours * MINUTE_S)} min`
  return hours < 3 * DAY_H ? `${Math.floor(hours)} h` : `${Math.floor(hours / DAY_H)} d`
}
