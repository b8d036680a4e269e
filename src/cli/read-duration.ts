// Reads durations as people write them: 90s, 26h, 14d.

import { ClonectlError } from '../errors.ts'

const UNITS_MS: Readonly<Record<string, number>> = {
  s: 1000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
}

/** Milliseconds of a number and its unit, both required. Throws USAGE naming the option. */
export const readDuration = (text: string, option: string): number => {
  const [, number = '', unit = ''] = /^(\d{1,6}(?:\.\d{1,3})?) ?([a-z]+)$/.exec(text.trim()) ?? []
  const unitMs = UNITS_MS[unit]
  if (unitMs !== undefined && Number(number) > 0) return Math.round(Number(number) * unitMs)
  throw new ClonectlError('USAGE', `${option} ${JSON.stringify(text)} is no duration`, {
    hint: 'give a number above 0 and a unit of s, min, h, d or w, such as 26h or 14d',
  })
}
