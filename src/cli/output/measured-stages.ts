// The stages that are being measured right now, as Progress objects for the work and as lines for
// whoever shows them at an interval.

import type { Progress } from '../../report/reporter.ts'
import type { Measure } from './progress-text.ts'

export interface MeasuredStages {
  begin(label: string, totalBytes: number | undefined): Progress
  /** The stages at work, oldest first. */
  measures(): readonly Measure[]
  /** Forgets stages that a failure left open. */
  close(): void
}

export interface StageObserver {
  readonly intervalMs: number
  /** Called at every interval while any stage is at work. */
  tick(): void
  ended(measure: Measure): void
}

/** Keeps the stages and a timer, which runs only while there are any and keeps no process alive. */
export const measureStages = (observer: StageObserver): MeasuredStages => {
  const stages = new Set<() => Measure>()
  let timer: NodeJS.Timeout | undefined
  const keep = (measure: () => Measure): void => {
    stages.add(measure)
    timer ??= setInterval(() => {
      observer.tick()
    }, observer.intervalMs).unref()
  }
  const rest = (): void => {
    clearInterval(timer)
    timer = undefined
  }
  const drop = (measure: () => Measure): void => {
    if (!stages.delete(measure)) return
    if (stages.size === 0) rest()
    observer.ended(measure())
  }
  return {
    begin: (label, totalBytes) => beginStage(label, totalBytes, keep, drop),
    measures: () => [...stages].map((measure) => measure()),
    close: () => {
      stages.clear()
      rest()
    },
  }
}

const beginStage = (
  label: string,
  initialTotal: number | undefined,
  keep: (measure: () => Measure) => void,
  drop: (measure: () => Measure) => void,
): Progress => {
  const began = performance.now()
  let doneBytes = 0
  let totalBytes = initialTotal
  const measure = (): Measure => ({
    label,
    doneBytes,
    totalBytes,
    elapsedMs: performance.now() - began,
  })
  keep(measure)
  return {
    add: (bytes) => {
      doneBytes += bytes
    },
    setTotal: (bytes) => {
      totalBytes = bytes
    },
    end: () => {
      drop(measure)
    },
  }
}
