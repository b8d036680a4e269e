// Measures the steps of a piece of work, one after the other, on a clock that is never set.

export interface StepTime {
  readonly step: string
  readonly durationMs: number
}

export interface Stopwatch {
  /** A step begins, and with it the one before ends. A step that comes again goes on. */
  begin(step: string): void
  /** The step ends; what follows belongs to none. */
  pause(): void
  /** Whole milliseconds since the start. */
  elapsedMs(): number
  /** In the order of their first beginning. */
  steps(): readonly StepTime[]
}

/** Starts one; `monotonicMs` is the clock. */
export const startStopwatch = (monotonicMs: () => number): Stopwatch => {
  const start = monotonicMs()
  const taken = new Map<string, number>()
  let current: { readonly step: string; readonly since: number } | undefined
  const pause = (): void => {
    if (current === undefined) return
    const { step, since } = current
    taken.set(step, (taken.get(step) ?? 0) + monotonicMs() - since)
    current = undefined
  }
  return {
    begin(step) {
      pause()
      if (!taken.has(step)) taken.set(step, 0)
      current = { step, since: monotonicMs() }
    },
    pause,
    elapsedMs: () => Math.round(monotonicMs() - start),
    steps: () => [...taken].map(([step, ms]) => ({ step, durationMs: Math.round(ms) })),
  }
}
