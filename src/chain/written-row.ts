// What the readers of an exported history have in common: rows as the file has them, and how a line
// that cannot be read is told.

/** A row of mysql.clone_history in a file. */
export interface WrittenRow {
  /** Where it begins, counted from 1. */
  readonly line: number
  /** Texts by column, names in capitals; null for NULL. */
  readonly values: ReadonlyMap<string, string | null>
}

/** What cannot be read in a line. */
export interface LineFault {
  readonly line: number
  readonly column?: string
  readonly problem: string
}

/** Throws for a fault. */
export type Complain = (fault: LineFault) => never
