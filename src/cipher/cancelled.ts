// What work on a file ends with when it was told to stop.

import { ClonectlError } from '../errors.ts'

/** Throws CANCELLED when `signal` has fired. */
export const requireNotCancelled = (file: string, signal: AbortSignal | undefined): void => {
  if (signal?.aborted !== true) return
  throw new ClonectlError('CANCELLED', `the work on ${file} was stopped before it was done.`)
}
