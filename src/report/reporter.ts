// How work tells its story. Use cases call these; only src/cli/output formats them.

/** Facts that go with a line; values are strings, numbers or booleans, never secrets. */
export type Fields = Readonly<Record<string, string | number | boolean>>

/** A measured stage. Amounts are bytes. */
export interface Progress {
  add(bytes: number): void
  setTotal(bytes: number): void
  /** Ends the stage; calling it again does nothing. */
  end(): void
}

export interface Reporter {
  /** A step of the procedure begins. */
  step(name: string, fields?: Fields): void
  info(message: string, fields?: Fields): void
  warn(message: string, fields?: Fields): void
  /** Shown with --verbose only. */
  debug(message: string, fields?: Fields): void
  progress(label: string, totalBytes?: number): Progress
}
