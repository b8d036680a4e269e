// The names a server gives to its binlogs: a base name and a number that only grows.

export interface BinlogName {
  /** "binlog" */
  readonly base: string
  /** 12 of "binlog.000012". After 999999 comes 1000000, so names are compared as numbers. */
  readonly sequence: number
}

/** Undefined for what is no name of a binlog. */
export const parseBinlogName = (name: string): BinlogName | undefined => {
  const [, base, digits] = /^(.+)\.(\d{6,})$/u.exec(name) ?? []
  return base === undefined || digits === undefined ? undefined : { base, sequence: Number(digits) }
}

/** The number is written with at least six digits (MYSQL_BIN_LOG::generate_new_name). */
export const formatBinlogName = ({ base, sequence }: BinlogName): string =>
  `${base}.${String(sequence).padStart(6, '0')}`

/** Orders names by their number; what is no name of a binlog comes first. */
export const byBinlogName = (one: string, other: string): number =>
  sequenceOf(one) - sequenceOf(other) || (one < other ? -1 : Number(one > other))

const sequenceOf = (name: string): number => parseBinlogName(name)?.sequence ?? -1
