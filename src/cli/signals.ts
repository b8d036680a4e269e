// Ctrl-C and SIGTERM become one AbortSignal, which everything that takes long listens to.

import { ClonectlError, errorTable } from '../errors.ts'
import type { Io, SignalName } from './io.ts'

export interface Cancellation extends Disposable {
  readonly signal: AbortSignal
}

/**
 * Listens until disposed. The first signal asks the work to stop in good order; a second Ctrl-C
 * ends the process at once, which loses nothing that was sealed.
 */
export const listenForSignals = (io: Io): Cancellation => {
  const controller = new AbortController()
  const stopListening = io.onSignal((name) => {
    if (!controller.signal.aborted) {
      controller.abort(cancelledBy(name))
    } else if (name === 'SIGINT') {
      void io.stderr.write('stopped at once; the next run clears up what this one left\n')
      io.exitNow(errorTable.CANCELLED.exitCode)
    }
  })
  return { signal: controller.signal, [Symbol.dispose]: stopListening }
}

const cancelledBy = (name: SignalName): ClonectlError =>
  new ClonectlError('CANCELLED', `cancelled by ${name}`, {
    hint: 'start it again; the next run clears up what this one left',
    details: { signal: name },
  })

/**
 * What a failure means once the user has cancelled: whatever it was, it is the consequence. Only a
 * cancellation that says what to do about it is passed on as it is.
 */
export const afterCancellation = (error: unknown, signal: AbortSignal): unknown => {
  const reason: unknown = signal.reason
  if (!signal.aborted || !(reason instanceof ClonectlError) || error === reason) return error
  const cancellation = error instanceof ClonectlError && error.code === 'CANCELLED'
  if (cancellation && error.hint !== undefined) return error
  const consequence = error instanceof Error ? error.message : String(error)
  return new ClonectlError('CANCELLED', reason.message, {
    hint: reason.hint,
    details: { ...reason.details, ...(cancellation ? {} : { consequence }) },
    cause: error,
  })
}
