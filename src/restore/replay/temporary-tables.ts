// Which temporary tables there are while the statements of a binlog are run. They stand in it with statement format
// only, and live in whoever runs them: in one applier or one client from their making to their end.

import type { LoggedStatement } from '../../mysql/query-event.ts'
import { readWords, type WordReader } from '../../mysql/statement-words.ts'
import { readTableNames } from '../../mysql/table-references.ts'

export interface TemporaryTables {
  readonly isEmpty: boolean
  /** Takes note of a statement of this connection. */
  take(statement: LoggedStatement, thread: number): void
  /** The server was started anew. */
  clear(): void
}

/**
 * One whose end is not understood, such as after it was renamed, stays for ever; nothing goes wrong by
 * that.
 */
export const newTemporaryTables = (): TemporaryTables => {
  const alive = new Set<string>()
  return {
    get isEmpty() {
      return alive.size === 0
    },
    take(statement, thread) {
      const words = readWords(statement.text, statement)
      const verb = words.accept('CREATE', 'DROP')
      if (verb === undefined || words.accept('TEMPORARY') === undefined) return
      for (const name of readNames(words, statement.schema)) {
        if (verb === 'CREATE') alive.add(`${thread} ${name}`)
        else alive.delete(`${thread} ${name}`)
      }
    },
    clear() {
      alive.clear()
    },
  }
}

const readNames = (words: WordReader, schema: string): readonly string[] => {
  words.accept('TABLE', 'TABLES')
  while (words.accept('IF', 'NOT', 'EXISTS') !== undefined);
  return readTableNames(words, schema).map(({ database, table }) => `${database}.${table}`)
}
