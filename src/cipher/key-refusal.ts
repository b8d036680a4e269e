// How a key that cannot be used is refused. No message here ever holds a byte of one.

import { ClonectlError } from '../errors.ts'

/** What is wrong with which key. */
export interface KeyRefusal {
  /** File or command that the key came from. */
  readonly source: string
  /** Continues the sentence that begins with the source. */
  readonly problem: string
  readonly hint: string
  readonly cause?: unknown
}

/** CONFIG, with the source in its details. */
export const refuseKey = ({ source, problem, hint, cause }: KeyRefusal): ClonectlError =>
  new ClonectlError('CONFIG', `${source}: ${problem}`, { hint, details: { source }, cause })
