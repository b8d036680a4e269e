// The ways a mysqld ends while it applies an increment, thrown from wherever that is decided.

/** The process ends now: with an exit code, or by a signal to itself. */
export class ProcessEnd extends Error {
  override readonly name = 'ProcessEnd'
  readonly code: number
  readonly signal: NodeJS.Signals | undefined

  constructor(code: number, signal?: NodeJS.Signals) {
    super(`exit ${signal ?? code}`)
    this.code = code
    this.signal = signal
  }
}

/** The server could not start: unireg_abort says so and ends it with exit code 1. */
export class StartFailure extends ProcessEnd {
  constructor() {
    super(1)
  }
}

/** MYSQLD_FAILURE_EXIT (mysqld.h): what handle_fatal_signal ends with unless core-file is set. */
export const FAILURE_EXIT = 2
