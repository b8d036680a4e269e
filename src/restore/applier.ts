// What applying an increment is, whoever does it: the server's mysqld, or clonectl itself.

import type { CheckedDelta } from './checked-deltas.ts'

/** Who applies. */
export type ApplierName = 'mysqld' | 'native'

export interface ApplyJob {
  /** The data directory to change; a real path. */
  readonly data: string
  /** Where the deltas are; a real path. Equal to `data` for a full that is prepared with its own. */
  readonly directory: string
  readonly deltas: readonly CheckedDelta[]
  /** What the step is called in the story, the journal and errors. */
  readonly step: string
}

/** One way of applying. What it left behind is judged by others, in the same way for all. */
export interface Applier {
  readonly name: ApplierName
  /**
   * Brings `data` to the state of the increment: files of tablespaces with the names of the deltas,
   * the pages of the deltas in them, other tables gone, the redo log that of the increment. Of a
   * full that is prepared the redo log stays and the deltas go. Throws INTEGRITY or PROCESS; then
   * `data` is of no use any more.
   */
  apply(job: ApplyJob): Promise<void>
}
