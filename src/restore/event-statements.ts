// Finds the transactions that make or change an event of the event scheduler. An applier thread leaves every
// such event disabled, as is right on a replica (sql/event_parse_data.cc check_originator_id); on a
// restored server it has to be what it was on the donor, so a client runs these.

import { type BinlogEvent, eventType } from '../mysql/binlog-event.ts'
import { scanBinlog } from '../mysql/binlog-file.ts'
import { transactionsOf } from '../mysql/binlog-transactions.ts'
import { type LoggedStatement, parseQueryEvent } from '../mysql/query-event.ts'
import { readWords, type WordReader } from '../mysql/statement-words.ts'
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
  const seen = { isAboutEvent: false }
  const bodyBytes = (type: number): number => (type === eventType.query ? LOOK_BYTES : 0)
  const watched = async function* (): AsyncGenerator<BinlogEvent> {
    for await (const event of scanBinlog(path, { open: true, bodyBytes })) {
      if (isEventStatement(event)) seen.isAboutEvent = true
      yield event
    }
  }
  // A transaction is told when the next one has begun, whose statements are not read yet by then.
  for await (const transaction of transactionsOf(watched())) {
    if (seen.isAboutEvent) yield transaction
    seen.isAboutEvent = false
  }
}

const isEventStatement = ({ type, body }: BinlogEvent): boolean => {
  if (type !== eventType.query || body === undefined) return false
  const statement = parseQueryEvent(type, body)
  return statement !== undefined && namesEvent(statement)
}

/** Whether a statement makes or changes an event: CREATE or ALTER, [DEFINER = user], EVENT (sql_yacc.yy). */
export const namesEvent = (
  statement: Pick<LoggedStatement, 'text' | 'backslashEscapes'>,
): boolean => {
  const words = readWords(statement.text, statement)
  if (words.accept('CREATE', 'ALTER') === undefined) return false
  if (words.accept('DEFINER') !== undefined) skipUser(words)
  return words.accept('EVENT') !== undefined
}

/** = user@host, each quoted in some way or not at all, or = CURRENT_USER(). */
const skipUser = (words: WordReader): void => {
  words.accept('=')
  words.next()
  while (words.accept('@', '.', '-', '(') !== undefined) words.next()
}
