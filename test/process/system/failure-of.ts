// The ClonectlError that work ends with, so that a test can look at all of it.

import { ClonectlError } from '../../../src/errors.ts'

export const failureOf = async (work: Promise<unknown>): Promise<ClonectlError> => {
  try {
    await work
  } catch (error) {
    if (error instanceof ClonectlError) return error
    throw error
  }
  throw new Error('the work was expected to fail, and did not')
}
