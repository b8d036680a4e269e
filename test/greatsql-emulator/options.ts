// What a test can choose about an emulator: once when it starts, and at any time while it runs.
import type { StageName } from './formats/view-progress.ts'
import type { TailRule } from './formats/xbcrypt.ts'

/** An error to be raised in the middle of a stage, once. */
export interface Fault {
  readonly stage: StageName
  readonly errno: number
  /** HY000 without it. */
  readonly sqlState?: string
  readonly message: string
}

/** Switches that take effect with the next statement. */
export interface Tuning {
  /**
   * When ENABLE PAGE TRACK attaches to the last reset point instead of making one (arch0page.cc):
   * `server` as the real page archiver decides (below 2044 pages tracked since), else always or
   * never. Points at one and the same LSN are one point in any case.
   */
  attach: 'server' | 'always' | 'never'
  /** Milliseconds spent in the middle of a stage. */
  stageDelayMs: Partial<Record<StageName, number>>
  /** Raised once, then gone. */
  fault: Fault | undefined
  /** Called before the work of a stage, such as to change data between FILE COPY and PAGE COPY. */
  onStage: ((stage: StageName) => Promise<void> | void) | undefined
  /** Tasks that share the pages of an increment: above 1 there are numbered deltas (clone0clone.cc). */
  deltaTasks: number
  /** The same for the deltas of a compressed full. */
  fullDeltaTasks: number
  /** What a clone does whose client is lost; MySQL 9.7 was seen to complete it. */
  clientLost: 'completes' | 'aborts'
  /** DESTINATION ends in a slash; early builds wrote some rows without. */
  destinationSlash: boolean
  /**
   * What CLONE INSTANCE says when compression and encryption are both set. The plugin returns an
   * error without a message; the server then sends an OK packet although nothing was done
   * (upstream THD::send_statement_status, DA_EMPTY), or a build may send the error.
   */
  conflictOnInstance: 'ok' | 'error'
  /**
   * What becomes of the end of a file whose length an encrypting clone cannot deal with
   * (formats/xbcrypt.ts): only ib_buffer_pool has such lengths, by chance. `carried` is what the
   * server does; `kept` keeps chance out of the tests.
   */
  encryptedTails: TailRule
}

export const defaultTuning: Tuning = {
  attach: 'server',
  stageDelayMs: {},
  fault: undefined,
  onStage: undefined,
  deltaTasks: 1,
  fullDeltaTasks: 1,
  clientLost: 'completes',
  destinationSlash: true,
  conflictOnInstance: 'ok',
  encryptedTails: 'kept',
}

export interface EmulatorOptions {
  /** Gets server/ (the real donor), emulator.sock and state/; created when missing. */
  readonly dir: string
  /** A free one is taken without it. */
  readonly port?: number
  /** `8.0.32-27` without it; `8.0.32-26` and `8.4.4-4` behave as their release does. */
  readonly version?: string
  /** Starts on this data directory, such as a restored one, instead of on one of its own. */
  readonly fromDatadir?: string
  /** What @@basedir says; without it `dir/basedir`, an installation made for the emulator. */
  readonly basedir?: string
  /** More [mysqld] options for the real server. */
  readonly options?: readonly string[]
  readonly tuning?: Partial<Tuning>
  /** Gets a line of text now and then while a server is being fetched for the first time. */
  readonly report?: (line: string) => void
}
