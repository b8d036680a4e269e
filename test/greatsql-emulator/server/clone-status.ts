// The clones a server remembers: ten places, taken in turn (clone_status.cc, clone_status.h).
import type { CloneCheckpoints } from '../formats/clone-checkpoints.ts'
import type { ViewProgress } from '../formats/view-progress.ts'
import type { ViewStatus } from '../formats/view-status.ts'
import { makeProgress, nowMicros, type CloneProgress } from './clone-progress.ts'

const PLACES = 10
const STARTED = 1
const SUCCESS = 2
const FAILED = 3

export interface CloneEntry {
  readonly id: number
  readonly pid: number
  readonly source: string
  readonly destination: string
  readonly progress: CloneProgress
  status(): ViewStatus
  setLsns(lsns: CloneCheckpoints): void
  /** Ends it, with an error unless it succeeded. */
  end(error?: { readonly errno: number; readonly message: string }): void
}

export interface Beginning {
  readonly pid: number
  readonly source: string
  readonly destination: string
}

/** The clone that this server was started from; its times and its binlog's position. */
export interface Restored {
  readonly status: ViewStatus
  readonly progress: ViewProgress
}

export interface CloneStatus {
  begin(beginning: Beginning): CloneEntry
  /** Takes the first place for the clone this server was restored from (clone_status.cc, read). */
  restore(restored: Restored): void
  /** In the order of the places, not of the ids. */
  entries(): readonly CloneEntry[]
  /** The plugin was loaded anew: ids begin at 0 again. */
  reset(): void
}

/** `staleStart`: beginning a clone does not clear START_LSN, so a place shows the last one's. */
const makeEntry = (id: number, beginning: Beginning, staleStart: bigint): CloneEntry => {
  const beginMicros = nowMicros()
  let lsns: CloneCheckpoints = { startLsn: staleStart, pageTrackLsn: 0n, endLsn: 0n }
  let endMicros = 0n
  let state = STARTED
  let failure = { errno: 0, message: '' }
  return {
    id,
    ...beginning,
    progress: makeProgress(id),
    status: () => ({
      state,
      id,
      beginMicros,
      endMicros,
      source: beginning.source,
      errorNumber: failure.errno,
      errorMessage: failure.message,
      ...lsns,
      binlogFile: '',
      binlogPosition: 0n,
      gtidExecuted: '',
    }),
    setLsns: (given) => {
      lsns = given
    },
    end: (error) => {
      endMicros = nowMicros()
      state = error === undefined ? SUCCESS : FAILED
      // The column and the plugin's buffer hold 511 bytes.
      if (error) failure = { errno: error.errno, message: error.message.slice(0, 511) }
    },
  }
}

const restoredEntry = ({ status, progress }: Restored): CloneEntry => ({
  id: status.id,
  pid: 0,
  source: status.source,
  destination: 'LOCAL INSTANCE',
  progress: { ...makeProgress(status.id), view: () => progress },
  status: () => ({ ...status, startLsn: 0n, pageTrackLsn: 0n, endLsn: 0n }),
  setLsns: () => undefined,
  end: () => undefined,
})

export const makeCloneStatus = (): CloneStatus => {
  let places: CloneEntry[] = []
  let count = 0
  return {
    begin: (beginning) => {
      const id = count
      count += 1
      const place = id % PLACES
      const entry = makeEntry(id, beginning, places[place]?.status().startLsn ?? 0n)
      places[place] = entry
      return entry
    },
    restore: (restored) => {
      places[0] = restoredEntry(restored)
      count = 1
    },
    entries: () => places.slice(0, Math.min(count, PLACES)),
    reset: () => {
      places = []
      count = 0
    },
  }
}
