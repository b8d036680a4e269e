// What `binlog find` answers: the transactions, each with how to restore to just before it.

import type {
  FoundChange,
  FoundTransaction,
  SearchOutcome,
  TransactionPlace,
} from '../../binlog/transaction-search.ts'
import { errorTable } from '../../errors.ts'
import { formatMicros } from '../../mysql/commit-time.ts'
import type { CommandResult } from '../command.ts'
import { formatBytes } from './bytes.ts'

/** Damage makes it the exit code of INTEGRITY: what is looked for may lie where nobody could look. */
export const findResult = (outcome: SearchOutcome, limit: number): CommandResult => ({
  document: {
    transactions: outcome.transactions.map((found) => ({
      ...placeFields(found),
      changes: found.changes,
    })),
    more: outcome.isCut,
    unopened: outcome.unopened.map((place) => ({
      ...placeFields(place),
      uncompressedBytes: place.uncompressedBytes,
    })),
    damaged: outcome.damaged,
    binlogs: { read: outcome.read, passed: outcome.passed },
  },
  text: [
    ...outcome.transactions.map(transactionText),
    ...outcome.unopened.map(
      (place) =>
        `${placeText(place)}\n  not looked into: compressed, ${formatBytes(place.uncompressedBytes)} without\n${stopText(place)}\n`,
    ),
    ...outcome.damaged.map(({ message }) => `damaged: ${oneLine(message)}\n`),
    summaryText(outcome, limit),
  ].join(''),
  exitCode: outcome.damaged.length === 0 ? 0 : errorTable.INTEGRITY.exitCode,
})

/** Options of `restore` with which it stops before a transaction. */
const optionsBefore = ({ gtid, file, position }: TransactionPlace): readonly string[] =>
  gtid === null ? ['--to-position', `${file}:${position}`] : ['--before-gtid', gtid]

const placeFields = (place: TransactionPlace): object => ({
  time: formatMicros(place.micros),
  gtid: place.gtid,
  archive: place.archive,
  file: place.file,
  position: String(place.position),
  endPosition: String(place.endPosition),
  restoreBefore: optionsBefore(place),
})

/** Names and statements come from clients, and a terminal obeys control characters. */
const oneLine = (text: string): string => text.replaceAll(/\p{Cc}+/gu, ' ')

const nameText = (name: string): string =>
  oneLine(/^[\w$\u0080-\u{10ffff}]+$/u.test(name) ? name : `\`${name.replaceAll('`', '``')}\``)

const placeText = (place: TransactionPlace): string =>
  [
    formatMicros(place.micros),
    ...(place.gtid === null ? [] : [place.gtid]),
    `${place.file}:${place.position}`,
    ...(place.archive === null ? [] : [`in ${place.archive}`]),
  ].join('  ')

const sizeText = ({ rows, events, bytes }: FoundChange): string =>
  rows === null
    ? `${events} event${events === 1 ? '' : 's'}, ${formatBytes(bytes)}`
    : `${rows} row${rows === 1 ? '' : 's'}`

const changeText = (change: FoundChange): string => {
  const table = change.table === null ? '*' : nameText(change.table)
  const head = `  ${change.type} ${nameText(change.database)}.${table}, ${sizeText(change)}\n`
  return change.statement === null ? head : `${head}    ${oneLine(change.statement)}\n`
}

const stopText = (place: TransactionPlace): string =>
  `  before it: clonectl restore --target-dir DIR ${optionsBefore(place).join(' ')}\n`

const transactionText = (found: FoundTransaction): string =>
  `${placeText(found)}\n${found.changes.map(changeText).join('')}${stopText(found)}\n`

const summaryText = (
  { transactions, isCut, read, passed }: SearchOutcome,
  limit: number,
): string => {
  const found = `${transactions.length} transaction${transactions.length === 1 ? '' : 's'} in ${read} binlog${read === 1 ? '' : 's'}`
  const others = passed === 0 ? '' : `; ${passed} of other times or GTIDs`
  const last = transactions.at(-1)
  const more =
    isCut && last !== undefined
      ? `more than ${limit}: raise --limit, or go on with --from ${formatMicros(last.micros)}\n`
      : ''
  return `${found}${others}\n${more}`
}
