// The stages of one clone, kept as GreatSQL's plugin keeps them (clone_status.h, Progress_pfs::Data).
import { stageNames, type StageView, type ViewProgress } from '../formats/view-progress.ts'

const NONE = 0
const STARTED = 1
const SUCCESS = 2
const FAILED = 3

const untouched: StageView = {
  state: NONE,
  threads: 0,
  beginMicros: 0n,
  endMicros: 0n,
  estimate: 0n,
  complete: 0n,
  network: 0n,
}

/** Microseconds since the epoch. */
export const nowMicros = (): bigint =>
  BigInt(Math.round((performance.timeOrigin + performance.now()) * 1000))

export interface CloneProgress {
  /** Ends the stage that runs and begins the next. */
  next(estimate: bigint, skipsFileCopy: boolean): void
  /** Ends the stage that runs; none may be running. */
  end(failed: boolean): void
  /** Says how much the running stage has to do, once that is known. */
  estimate(bytes: bigint): void
  /** Adds to what the running stage has done. */
  add(bytes: bigint, network: bigint): void
  view(): ViewProgress
}

/**
 * The id is 0 until the first stage begins, and an increment's skipped FILE COPY shows its state
 * number as bytes done: both are the plugin's own slips, kept because its files and rows show them.
 */
export const makeProgress = (cloneId: number): CloneProgress => {
  const stages = stageNames.map(() => untouched)
  let current = -1
  let id = 0

  const change = (index: number, fields: Partial<StageView>): void => {
    stages[index] = { ...(stages[index] ?? untouched), ...fields }
  }
  const end = (failed: boolean): void => {
    if (current < 0) return
    change(current, { endMicros: nowMicros(), state: failed ? FAILED : SUCCESS })
  }
  return {
    end,
    next: (estimate, skipsFileCopy) => {
      end(false)
      id = cloneId
      current += 1
      if (skipsFileCopy && stageNames[current] === 'FILE COPY') {
        const now = nowMicros()
        const complete = BigInt(SUCCESS)
        change(current, { state: SUCCESS, threads: 1, beginMicros: now, endMicros: now, complete })
        current += 1
      }
      change(current, { state: STARTED, threads: 1, beginMicros: nowMicros(), estimate })
    },
    estimate: (bytes) => {
      change(current, { estimate: bytes })
    },
    add: (bytes, network) => {
      const stage = stages[current] ?? untouched
      change(current, { complete: stage.complete + bytes, network: stage.network + network })
    },
    view: () => ({ id, stages: [...stages] }),
  }
}
