// Log sequence numbers: byte positions in InnoDB's redo log, unsigned 64-bit. JavaScript numbers
// lose digits above 2^53 and 9223372036854775807 occurs, so they are bigint in memory and decimal
// text everywhere else.

/** A position in the redo log of one server, in bytes since that server's log began. */
export type Lsn = bigint

const DECIMAL = /^(0|[1-9]\d{0,19})$/
const LARGEST = 2n ** 64n - 1n

/** Reads a decimal LSN; undefined when the text is not one. */
export const parseLsn = (text: string): Lsn | undefined => {
  if (!DECIMAL.test(text)) return undefined
  const lsn = BigInt(text)
  return lsn <= LARGEST ? lsn : undefined
}
