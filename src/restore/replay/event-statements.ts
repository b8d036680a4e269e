// Statements that make or change an event of the event scheduler. An applier thread leaves every such event
// disabled, as is right on a replica (sql/event_parse_data.cc check_originator_id); on a restored server
// it has to be what it was on the donor, so a client runs these.

import type { LoggedStatement } from '../../mysql/query-event.ts'
import { readWords, type WordReader } from '../../mysql/statement-words.ts'
import { readTableName } from '../../mysql/table-references.ts'

export interface EventStatement {
  /** Of the event, when the statement is done. */
  readonly schema: string
  readonly name: string
  /** ALTER EVENT without a definer gives the event to whoever runs it. */
  readonly takesOver: boolean
}

/**
 * Undefined for any other statement than CREATE or ALTER, [DEFINER = user], EVENT (sql_yacc.yy). Names are '' when
 * they are not understood.
 */
export const readEventStatement = (statement: LoggedStatement): EventStatement | undefined => {
  const words = readWords(statement.text, statement)
  const verb = words.accept('CREATE', 'ALTER')
  if (verb === undefined) return undefined
  const hasDefiner = words.accept('DEFINER') !== undefined
  if (hasDefiner) skipUser(words)
  if (words.accept('EVENT') === undefined) return undefined
  const takesOver = verb === 'ALTER' && !hasDefiner
  while (words.accept('IF', 'NOT', 'EXISTS') !== undefined);
  const first = readTableName(words, statement.schema)
  const name = (takesOver ? readNewName(words, statement.schema) : undefined) ?? first
  return { schema: name?.database ?? '', name: name?.table ?? '', takesOver }
}

/** = user@host, each quoted in some way or not at all, or = CURRENT_USER(). */
const skipUser = (words: WordReader): void => {
  words.accept('=')
  words.next()
  while (words.accept('@', '.', '-', '(') !== undefined) words.next()
}

/** RENAME TO stands after the schedule and before the body. */
const readNewName = (words: WordReader, schema: string) => {
  for (let word = words.next(); word !== undefined; word = words.next()) {
    if (word.keyword === 'DO') return undefined
    if (word.keyword === 'RENAME' && words.accept('TO') !== undefined)
      return readTableName(words, schema)
  }
  return undefined
}
