// What can be wrong with a backup as a link of its chain.

export const problemCodes = [
  'BASE_MISSING',
  'BASE_BROKEN',
  'FOREIGN_SERVER',
  'LSN_GAP',
  'LSN_REGRESSION',
] as const

export type ProblemCode = (typeof problemCodes)[number]

export interface Problem {
  readonly code: ProblemCode
  readonly message: string
}
