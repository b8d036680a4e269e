// Recognises SERVER errors by what the server or the driver said, for callers that can go on.
import { ClonectlError } from '../errors.ts'

/** The MySQL error number of a SERVER error; undefined for any other error. */
export const serverErrno = (error: unknown): number | undefined => {
  if (!(error instanceof ClonectlError) || error.code !== 'SERVER') return undefined
  const errno = error.details['errno']
  return typeof errno === 'number' ? errno : undefined
}

const lostCodes: ReadonlySet<unknown> = new Set(['PROTOCOL_CONNECTION_LOST', 'ECONNRESET', 'EPIPE'])

/** 1053 and 4031 are the server's farewell, 1927 says the connection was killed. */
const lostErrnos: ReadonlySet<unknown> = new Set([1053, 1927, 2006, 2013, 4031])

/** Whether a SERVER error means that the connection is gone, so that a new session is needed. */
export const isConnectionLost = (error: unknown): boolean =>
  error instanceof ClonectlError &&
  error.code === 'SERVER' &&
  (lostCodes.has(error.details['driverCode']) || lostErrnos.has(error.details['errno']))
