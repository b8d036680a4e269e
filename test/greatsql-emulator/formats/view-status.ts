// #clone/#view_status: the row of clone_status that a backup carries with it (GreatSQL
// clone_status.cc, Status_pfs::Data::write and read).
import type { CloneCheckpoints } from './clone-checkpoints.ts'

/** STATE_NONE, STATE_STARTED, STATE_SUCCESS, STATE_FAILED in this order (clone_status.h). */
export const stateNames = ['Not Started', 'In Progress', 'Completed', 'Failed'] as const

export interface ViewStatus extends CloneCheckpoints {
  /** Index into stateNames. */
  readonly state: number
  readonly id: number
  /** Microseconds since the epoch; 0 while it has not ended. */
  readonly beginMicros: bigint
  readonly endMicros: bigint
  readonly source: string
  readonly errorNumber: number
  readonly errorMessage: string
  readonly binlogFile: string
  readonly binlogPosition: bigint
  /** Lines joined by line feeds. */
  readonly gtidExecuted: string
}

/** The exact text. The line of the three LSNs is what GreatSQL has and MySQL has not. */
export const formatViewStatus = (view: ViewStatus): string =>
  [
    `${view.state} ${view.id}`,
    `${view.beginMicros} ${view.endMicros}`,
    view.source,
    String(view.errorNumber),
    view.errorMessage,
    `${view.startLsn} ${view.pageTrackLsn} ${view.endLsn}`,
    view.binlogFile,
    String(view.binlogPosition),
    view.gtidExecuted,
    '',
  ].join('\n')

/** MySQL's own text of the same view: a stock server reads nothing but this (no line of LSNs). */
export const formatStockViewStatus = (view: ViewStatus): string => {
  const lines = formatViewStatus(view).split('\n')
  return [...lines.slice(0, 5), ...lines.slice(6)].join('\n')
}

const numbersOf = (line: string | undefined): bigint[] =>
  (line ?? '').split(' ').map((word) => BigInt(/^\d+$/.test(word) ? word : 0))

/** Reads the text as the server does at its first start: by line number, nothing is checked. */
export const parseViewStatus = (text: string): ViewStatus => {
  const lines = text.replace(/\n$/, '').split('\n')
  const [state = 0n, id = 0n] = numbersOf(lines[0])
  const [beginMicros = 0n, endMicros = 0n] = numbersOf(lines[1])
  const [startLsn = 0n, pageTrackLsn = 0n, endLsn = 0n] = numbersOf(lines[5])
  return {
    state: state < 4n ? Number(state) : 0,
    id: Number(id),
    beginMicros,
    endMicros,
    source: lines[2] ?? '',
    errorNumber: Number(numbersOf(lines[3])[0] ?? 0n),
    errorMessage: lines[4] ?? '',
    startLsn,
    pageTrackLsn,
    endLsn,
    binlogFile: lines[6] ?? '',
    binlogPosition: numbersOf(lines[7])[0] ?? 0n,
    gtidExecuted: lines.slice(8).join('\n'),
  }
}
