// Which tables a statement changes, and how. Grammar: MySQL manual, "SQL Statements".
import type { ChangeType } from './change-type.ts'
import type { LoggedStatement } from './query-event.ts'
import { readWords, type WordReader } from './statement-words.ts'
import {
  readTableName,
  readTableNames,
  readTableReferences,
  skipGroup,
} from './table-references.ts'
import type { TableName } from './table-pattern.ts'

export interface StatementChange {
  readonly type: ChangeType
  readonly database: string
  /** Undefined for all tables of the database. */
  readonly table: string | undefined
}

type Reader = (words: WordReader, schema: string) => readonly StatementChange[]

const nothing: readonly StatementChange[] = []

const changesOf = (type: ChangeType, tables: readonly (TableName | undefined)[]) =>
  tables.flatMap((table) => (table === undefined ? [] : [{ type, ...table }]))

const acceptIfExists = (words: WordReader): void => {
  while (words.accept('IF', 'NOT', 'EXISTS') !== undefined);
}

/** Up to this keyword, which is taken. */
const skipTo = (words: WordReader, keyword: string): void => {
  for (let word = words.next(); word !== undefined; word = words.next())
    if (word.keyword === keyword) return
}

/** `[CREATE|DROP] INDEX name … ON table` */
const readIndexed: Reader = (words, schema) => {
  skipTo(words, 'ON')
  return changesOf('alter', [readTableName(words, schema)])
}

/** Temporary tables are nobody's loss: they end with their session. */
const readDrop: Reader = (words, schema) => {
  switch (words.accept('TABLE', 'TABLES', 'DATABASE', 'SCHEMA', 'INDEX')) {
    case 'TABLE':
    case 'TABLES':
      acceptIfExists(words)
      return changesOf('drop', readTableNames(words, schema))
    case 'DATABASE':
    case 'SCHEMA': {
      acceptIfExists(words)
      const name = words.next()
      return name === undefined
        ? nothing
        : [{ type: 'drop', database: name.text, table: undefined }]
    }
    case 'INDEX':
      return readIndexed(words, schema)
    default:
      return nothing
  }
}

const readCreate: Reader = (words, schema) => {
  while (words.accept('UNIQUE', 'FULLTEXT', 'SPATIAL') !== undefined);
  if (words.accept('INDEX') !== undefined) return readIndexed(words, schema)
  if (words.accept('TABLE') === undefined) return nothing
  acceptIfExists(words)
  return changesOf('create', [readTableName(words, schema)])
}

/** What one clause of ALTER TABLE does besides altering the table. */
const readAlterClause = (words: WordReader, table: TableName, schema: string) => {
  switch (words.accept('RENAME', 'DROP', 'TRUNCATE', 'EXCHANGE')) {
    case 'RENAME': {
      if (words.accept('COLUMN', 'INDEX', 'KEY') !== undefined) return nothing
      words.accept('TO', 'AS', '=')
      return changesOf('rename', [table, readTableName(words, schema)])
    }
    case 'DROP':
      return words.accept('PARTITION') === undefined ? nothing : changesOf('drop', [table])
    case 'TRUNCATE':
      return changesOf('truncate', [table])
    case 'EXCHANGE':
      skipTo(words, 'TABLE')
      return changesOf('alter', [readTableName(words, schema)])
    default:
      return nothing
  }
}

const readAlter: Reader = (words, schema) => {
  words.accept('IGNORE')
  const table = words.accept('TABLE') === undefined ? undefined : readTableName(words, schema)
  if (table === undefined) return nothing
  const changes = [...changesOf('alter', [table]), ...readAlterClause(words, table, schema)]
  for (let word = words.next(); word !== undefined; word = words.next()) {
    if (word.keyword === '(') skipGroup(words)
    if (word.keyword === ',') changes.push(...readAlterClause(words, table, schema))
  }
  return changes
}

const readTruncate: Reader = (words, schema) => {
  words.accept('TABLE')
  return changesOf('truncate', [readTableName(words, schema)])
}

/** `a TO b, c TO d`: each name, for what happened to either is a reason to look. */
const readRename: Reader = (words, schema) => {
  if (words.accept('TABLE', 'TABLES') === undefined) return nothing
  const tables: (TableName | undefined)[] = []
  do {
    tables.push(readTableName(words, schema))
    if (words.accept('TO') !== undefined) tables.push(readTableName(words, schema))
  } while (words.accept(',') !== undefined)
  return changesOf('rename', tables)
}

const readInsert: Reader = (words, schema) => {
  while (words.accept('LOW_PRIORITY', 'DELAYED', 'HIGH_PRIORITY', 'IGNORE', 'INTO') !== undefined);
  return changesOf('insert', [readTableName(words, schema)])
}

const readLoad: Reader = (words, schema) => {
  skipTo(words, 'INTO')
  words.accept('TABLE')
  return changesOf('insert', [readTableName(words, schema)])
}

const readUpdate: Reader = (words, schema) => {
  while (words.accept('LOW_PRIORITY', 'IGNORE') !== undefined);
  return changesOf('update', readTableReferences(words, schema, ['SET']))
}

/** `FROM t`, `a, b FROM references` and `FROM a, b USING references`. */
const readDelete: Reader = (words, schema) => {
  while (words.accept('LOW_PRIORITY', 'QUICK', 'IGNORE') !== undefined);
  const ends = ['WHERE', 'ORDER', 'LIMIT']
  if (words.accept('FROM') === undefined) {
    skipTo(words, 'FROM')
    return changesOf('delete', readTableReferences(words, schema, ends))
  }
  const named = readTableReferences(words, schema, [...ends, 'USING'])
  if (words.accept('USING') === undefined) return changesOf('delete', named)
  return changesOf('delete', readTableReferences(words, schema, ends))
}

/** `WITH name AS (…) UPDATE …` */
const readWith: Reader = (words, schema) => {
  for (let word = words.next(); word !== undefined; word = words.next()) {
    if (word.keyword === '(') skipGroup(words)
    if (word.keyword === 'UPDATE') return readUpdate(words, schema)
    if (word.keyword === 'DELETE') return readDelete(words, schema)
  }
  return nothing
}

const readers: ReadonlyMap<string, Reader> = new Map([
  ['DROP', readDrop],
  ['CREATE', readCreate],
  ['ALTER', readAlter],
  ['TRUNCATE', readTruncate],
  ['RENAME', readRename],
  ['INSERT', readInsert],
  ['REPLACE', readInsert],
  ['LOAD', readLoad],
  ['UPDATE', readUpdate],
  ['DELETE', readDelete],
  ['WITH', readWith],
])

/**
 * What a statement does to tables; nothing for one that is about something else, such as users or
 * views, and for temporary tables. Of a statement on several tables at once every one is named,
 * though it may only read some of them.
 */
export const statementChanges = (statement: LoggedStatement): readonly StatementChange[] => {
  const words = readWords(statement.text, statement)
  return readers.get(words.next()?.keyword ?? '')?.(words, statement.schema) ?? nothing
}
