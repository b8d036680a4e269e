// What can be wrong with a backup as a link of its chain.

/** What breaks a backup: it cannot be restored. */
const breakingCodes = [
  'BASE_MISSING',
  'BASE_BROKEN',
  'FOREIGN_SERVER',
  'NOT_TRACKED',
  'TRACKING_CHANGED',
  'LSN_GAP',
  'LSN_REGRESSION',
  'FAILED',
  'NOT_COMPLETED',
  'TYPE_UNKNOWN',
  'LSN_INVALID',
  'TIME_INVALID',
] as const

/** What a user should know of a backup that can be restored all the same. */
const remarkCodes = ['FORK', 'LSN_RESTARTED'] as const

export const problemCodes = [...breakingCodes, ...remarkCodes] as const

export type ProblemCode = (typeof problemCodes)[number]

export interface Problem {
  readonly code: ProblemCode
  readonly message: string
}

const remarks: ReadonlySet<ProblemCode> = new Set(remarkCodes)

/** Whether a problem keeps its backup from being restored. */
export const isBreaking = ({ code }: Problem): boolean => !remarks.has(code)
