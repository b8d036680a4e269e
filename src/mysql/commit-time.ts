// Commit times as the server writes them into binlogs: microseconds, of which a Date holds only the milliseconds.

const MICROS_PER_MILLI = 1000n

/** "2026-11-20T09:30:12.345678Z" */
export const formatMicros = (micros: bigint): string => {
  const whole = new Date(Number(micros / MICROS_PER_MILLI)).toISOString()
  return whole.replace('Z', `${String(micros % MICROS_PER_MILLI).padStart(3, '0')}Z`)
}

/** Rounded up, so that a target of this very time reaches what was committed then. */
export const dateOfMicros = (micros: bigint): Date =>
  new Date(Number((micros + MICROS_PER_MILLI - 1n) / MICROS_PER_MILLI))

/** Exact. */
export const microsOfDate = (date: Date): bigint => BigInt(date.getTime()) * MICROS_PER_MILLI
