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
 * What a failure means once the user has cancelled: whatever it was, it is the consequence.
 */
export const afterCancellation = (error: unknown, signal: AbortSignal): unknown => {
  if (!signal.aborted || (error instanceof ClonectlError && error.code === 'CANCELLED'))
    return error
  const reason: unknown = signal.reason
  if (!(reason instanceof ClonectlError)) return error
  return new ClonectlError('CANCELLED', reason.message, {
    hint: reason.hint,
    details: { ...reason.details, then: error instanceof Error ? error.message : String(error) },
    cause: error,
  })
}
