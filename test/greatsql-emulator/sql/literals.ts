// Values as SQL text that means the same whatever the session's character set and sql_mode are.

/** A text. Written in hexadecimal: backslashes mean different things in different sql_modes. */
export const textLiteral = (value: string): string =>
  value === '' ? "''" : `CONVERT(0x${Buffer.from(value, 'utf8').toString('hex')} USING utf8mb4)`

export type SqlValue = string | number | bigint | null

export const literal = (value: SqlValue): string => {
  if (value === null) return 'NULL'
  return typeof value === 'string' ? textLiteral(value) : String(value)
}

/** Microseconds since the epoch as a time in the session's time zone; 0 is NULL. */
export const timeLiteral = (micros: bigint, digits: 3 | 6): string =>
  micros === 0n
    ? `CAST(NULL AS DATETIME(${digits}))`
    : `CAST(FROM_UNIXTIME(${micros / 1_000_000n}.${String(micros % 1_000_000n).padStart(6, '0')}) AS DATETIME(${digits}))`

/** Text for the front, which counts one byte per character. */
export const asLatin1 = (text: string): string => Buffer.from(text, 'utf8').toString('latin1')
