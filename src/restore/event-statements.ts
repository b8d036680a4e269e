// Finds the transactions that make or change an event of the event scheduler. An applier thread leaves every
// such event disabled, as is right on a replica (sql/event_parse_data.cc check_originator_id); on a
// restored server it has to be what it was on the donor, so a client runs these.

import { type BinlogEvent, eventType } from '../mysql/binlog-event.ts'
import { scanBinlog } from '../mysql/binlog-file.ts'
import { transactionsOf } from '../mysql/binlog-transactions.ts'
import { parseQueryEvent } from '../mysql/query-event.ts'
import type { LogStretch } from './log-stretch.ts'
import type { SingledOut } from './split-stretch.ts'

/** The beginning of a statement, behind the variables that stand before it, is within these bytes. */
const LOOK_BYTES = 4096

/** Reads the binlogs of a stretch. Throws INTEGRITY for what is no binlog. */
export const findEventStatements = async ({
  logs,
  startPosition,
  endPosition,
}: LogStretch): Promise<readonly SingledOut[]> => {
  const found: SingledOut[] = []
  for (const [log, { path }] of logs.entries()) {
    const from = log === 0 ? startPosition : 0
    const to = log === logs.length - 1 ? endPosition : Infinity
    for await (const { position, endPosition: end } of eventTransactions(path))
      if (position >= from && end <= to) found.push({ log, position, endPosition: end })
  }
  return found
}

async function* eventTransactions(path: string) {
  let isAboutEvent = false
  const watched = async function* (): AsyncGenerator<BinlogEvent> {
    const bodyBytes = (type: number): number => (type === eventType.query ? LOOK_BYTES : 0)
    for await (const event of scanBinlog(path, { open: true, bodyBytes })) {
      isAboutEvent ||= event.type === eventType.query && isEventStatement(event)
      yield event
    }
  }
  // A transaction is told when the next one has begun, whose statements are not read yet by then.
  for await (const transaction of transactionsOf(watched())) {
    if (isAboutEvent) yield transaction
    isAboutEvent = false
  }
}

const isEventStatement = ({ type, body }: BinlogEvent): boolean => {
  const statement = body && parseQueryEvent(type, body)
  return statement !== undefined && namesEvent(statement.text)
}

/** CREATE [DEFINER = user] EVENT, ALTER [DEFINER = user] EVENT; also as mysqldump writes them. */
const pattern = /^\s*(?:create|alter)\s+(?:definer\s*=.{1,300}?\s)?\s*event\b/isu

/** Whether a statement makes or changes an event. */
export const namesEvent = (statement: string): boolean =>
  pattern.test(
    statement
      .replaceAll(/\/\*![\d]*|\*\//gu, ' ')
      .replaceAll(/\/\*.*?(?:\*\/|$)/gsu, ' ')
      .replaceAll(/^\s*(?:#|--\s).*$/gmu, ' '),
  )
