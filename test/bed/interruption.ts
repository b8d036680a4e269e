// Ctrl-C and SIGTERM while servers are up: the work is told to end, and whoever began something puts
// it away before the process ends.

export interface Interruption extends Disposable {
  /** Raised by the first signal; its reason is an Interrupted. */
  readonly signal: AbortSignal
}

/** The user wants no more of it. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted'
  /** What the shell gives for a process that the signal ended. */
  readonly exitCode: number

  constructor(signal: 'SIGINT' | 'SIGTERM') {
    super(`stopped by ${signal}`)
    this.exitCode = signal === 'SIGINT' ? 130 : 143
  }
}

const signals = ['SIGINT', 'SIGTERM'] as const

/**
 * Listens until disposed. Further signals change nothing: npm passes Ctrl-C on to a process that the
 * terminal has told already, and what is being put away is not to be left half done.
 */
export const listenForInterruption = (): Interruption => {
  const controller = new AbortController()
  const abort = (signal: (typeof signals)[number]): void => {
    controller.abort(new Interrupted(signal))
  }
  for (const signal of signals) process.on(signal, abort)
  return {
    signal: controller.signal,
    [Symbol.dispose]: () => {
      for (const signal of signals) process.off(signal, abort)
    },
  }
}
