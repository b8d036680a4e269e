// #clone/#view_status: the row of clone_status that a clone carries with it, text by line number
// (clone_status.cc, Status_pfs::Data::write). Only GreatSQL has a line of LSNs, the sixth; in its
// place stock MySQL names a binlog file, which is empty until a server was started on the clone.

import { ClonectlError } from '../errors.ts'

/** Where the file stands in a clone's directory. */
export const CLONE_VIEW_STATUS = '#clone/#view_status'

/** What every clone tells of itself. */
export interface StockViewStatus {
  readonly beginTime: Date
  readonly endTime: Date
  /** "LOCAL INSTANCE" or "host:port". */
  readonly source: string
}

/** What a clone that GreatSQL made tells of itself. */
export interface CloneViewStatus extends StockViewStatus {
  /** See the LSN columns of HistoryRow. */
  readonly startLsn: bigint
  readonly pageTrackLsn: bigint
  readonly endLsn: bigint
}

/** States by number (clone_status.h); only the third is an end that was good. */
const stateNames = ['not started', 'in progress', 'completed', 'failed'] as const
const COMPLETED = 'completed'

const MICROS_PER_MILLI = 1000n

const broken = (name: string, problem: string): ClonectlError =>
  new ClonectlError('INTEGRITY', `${name}: ${problem}`, {
    hint: 'The clone that holds this file cannot be trusted; take a new one.',
    details: { file: name },
  })

/** The numbers of a line, exactly so many. */
const numbersIn = (line: string | undefined, count: number): readonly bigint[] | undefined => {
  const words = line?.trim().split(/ +/) ?? []
  const areNumbers = words.length === count && words.every((word) => /^\d{1,20}$/.test(word))
  return areNumbers ? words.map(BigInt) : undefined
}

const toDate = (micros: bigint): Date => new Date(Number(micros / MICROS_PER_MILLI))

interface Numbers {
  readonly state: bigint
  readonly begin: bigint
  readonly end: bigint
  readonly errorNo: bigint
  readonly lsns: readonly bigint[] | undefined
}

const readNumbers = (lines: readonly string[], name: string): Numbers => {
  const [state] = numbersIn(lines[0], 2) ?? []
  const [begin, end] = numbersIn(lines[1], 2) ?? []
  const [errorNo] = numbersIn(lines[3], 1) ?? []
  if (state !== undefined && begin !== undefined && end !== undefined && errorNo !== undefined)
    return { state, begin, end, errorNo, lsns: numbersIn(lines[5], 3) }
  throw broken(name, 'expected lines of state and id, two times, source, and error number')
}

interface GoodEnd {
  readonly status: StockViewStatus
  readonly lsns: readonly bigint[] | undefined
}

const readGoodEnd = (text: string, name: string): GoodEnd => {
  const lines = text.split(/\r?\n/)
  const { state, begin, end, errorNo, lsns } = readNumbers(lines, name)
  const stateName = stateNames[Number(state)] ?? `in state ${state}`
  if (stateName !== COMPLETED || errorNo !== 0n)
    throw broken(name, `the clone is ${stateName}, error ${errorNo}: ${lines[4] ?? ''}`)
  if (begin === 0n || end < begin)
    throw broken(name, `the clone began at ${begin} and ended at ${end} microseconds`)
  const times = { beginTime: toDate(begin), endTime: toDate(end) }
  return { status: { ...times, source: lines[2] ?? '' }, lsns }
}

/**
 * Reads the file of a clone that GreatSQL made; `name` is what errors call it. Throws INTEGRITY
 * unless it tells of a good end.
 */
export const parseCloneViewStatus = (text: string, name: string): CloneViewStatus => {
  const { status, lsns } = readGoodEnd(text, name)
  const [startLsn, pageTrackLsn, endLsn] = lsns ?? []
  if (startLsn === undefined || pageTrackLsn === undefined || endLsn === undefined)
    throw broken(name, 'its sixth line does not hold three LSNs, as GreatSQL writes it')
  return { ...status, startLsn, pageTrackLsn, endLsn }
}

/**
 * The same for a clone of stock MySQL. Throws INTEGRITY for that of GreatSQL, too: its LSNs may be
 * those of an increment.
 */
export const parseStockViewStatus = (text: string, name: string): StockViewStatus => {
  const { status, lsns } = readGoodEnd(text, name)
  if (lsns === undefined) return status
  throw broken(name, 'its sixth line holds three LSNs, which stock MySQL does not write')
}
