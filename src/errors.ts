// The closed set of errors. One table gives every code its exit code and its meaning;
// docs/exit-codes.md is checked against it by test/tidy.test.ts.

/** Every refusal or failure a user can meet: a stable code, the exit code, one sentence of meaning. */
export const errorTable = {
  USAGE: { exitCode: 2, about: 'The command line is wrong.' },
  PARTIAL: { exitCode: 3, about: 'Some items of several failed; each is named.' },
  CONFIG: { exitCode: 10, about: 'An option has a value that cannot be used.' },
  LOCKED: { exitCode: 11, about: 'Another run holds the repository.' },
  REPOSITORY_MISSING: { exitCode: 12, about: 'There is no repository at the given path.' },
  REPOSITORY_UNREADABLE: {
    exitCode: 12,
    about: 'A file of the repository cannot be read or understood.',
  },
  REPOSITORY_NEWER: { exitCode: 12, about: 'The repository was written by a newer clonectl.' },
  PATH_NOT_EMPTY: { exitCode: 12, about: 'The path to write to already holds something.' },
  PATH_FORBIDDEN: { exitCode: 12, about: 'The path lies where clonectl must not write.' },
  BACKUP_UNKNOWN: { exitCode: 20, about: 'No backup has this id, or several begin with it.' },
  BASE_UNUSABLE: {
    exitCode: 20,
    about: 'No increment can be made on the base, and a full was ruled out.',
  },
  CHAIN_BROKEN: {
    exitCode: 20,
    about: 'A backup of the chain is missing or does not fit the one before.',
  },
  TARGET_UNREACHABLE: {
    exitCode: 20,
    about: 'The recovery target lies outside the recovery window.',
  },
  BINLOG_GAP: { exitCode: 20, about: 'The binlogs needed to reach the target are not all there.' },
  PAGE_TRACK_NEEDED: { exitCode: 20, about: 'A backup still needs the page-tracking data.' },
  INTEGRITY: { exitCode: 21, about: 'A file is missing, surplus, or not what was recorded.' },
  SERVER: { exitCode: 30, about: 'The server answered with an error.' },
  PREFLIGHT: { exitCode: 31, about: 'Checks made before the work failed; every one is listed.' },
  SPACE: { exitCode: 32, about: 'There is not enough free disk space.' },
  PROCESS: { exitCode: 40, about: 'A program that clonectl ran ended badly.' },
  TOOL_MISSING: { exitCode: 41, about: 'A program that is needed was not found.' },
  TIME_LIMIT: { exitCode: 50, about: 'The run took longer than allowed.' },
  CANCELLED: { exitCode: 130, about: 'The run was cancelled.' },
} as const satisfies Record<string, { exitCode: number; about: string }>

export type ErrorCode = keyof typeof errorTable

/** Facts for programs: JSON values only. LSNs are decimal strings, times UTC RFC 3339. */
export type ErrorDetails = Readonly<Record<string, unknown>>

export interface ErrorFacts {
  /** What to do next, as a command where that is possible. */
  readonly hint?: string | undefined
  readonly details?: ErrorDetails | undefined
  readonly cause?: unknown
}

/**
 * A failure the user can understand and act on. The message says what was found and what was
 * expected; it never holds a secret. Anything else that is thrown is a bug.
 */
export class ClonectlError extends Error {
  override readonly name = 'ClonectlError'
  readonly code: ErrorCode
  readonly hint: string | undefined
  readonly details: ErrorDetails

  constructor(code: ErrorCode, message: string, facts: ErrorFacts = {}) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause })
    this.code = code
    this.hint = facts.hint
    this.details = facts.details ?? {}
  }

  get exitCode(): number {
    return errorTable[this.code].exitCode
  }
}

/** Says whether an error carries this system error code, such as ENOENT. */
export const hasSystemCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code
