// The ClonectlError that a function throws, so that a test can look at all of it.

import { ClonectlError } from '../../src/errors.ts'

export const refusalOf = (work: () => unknown): ClonectlError => {
  try {
    work()
  } catch (error) {
    if (error instanceof ClonectlError) return error
    throw error
  }
  throw new Error('a refusal was expected, and none came')
}
