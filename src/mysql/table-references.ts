// Names of tables in statements. Grammar: MySQL manual, "JOIN Clause" and "Schema Object Names".
import type { WordReader } from './statement-words.ts'
import type { TableName } from './table-pattern.ts'

/** Reads `[database.]table`; undefined when something else stands there, which is taken. */
export const readTableName = (words: WordReader, schema: string): TableName | undefined => {
  const first = readName(words)
  if (first === undefined) return undefined
  if (words.accept('.') === undefined) return { database: schema, table: first }
  const second = readName(words)
  return second === undefined ? undefined : { database: first, table: second }
}

const readName = (words: WordReader): string | undefined => {
  const word = words.next()
  return word?.kind === 'word' || word?.kind === 'name' ? word.text : undefined
}

/** Names with commas between them. */
export const readTableNames = (words: WordReader, schema: string): readonly TableName[] => {
  const names: TableName[] = []
  do {
    const name = readTableName(words, schema)
    if (name !== undefined) names.push(name)
  } while (words.accept(',') !== undefined)
  return names
}

/** Passes over the rest of a group whose opening parenthesis was taken. */
export const skipGroup = (words: WordReader): void => {
  for (let depth = 1; depth > 0;) {
    const word = words.next()
    if (word === undefined) return
    if (word.keyword === '(') depth += 1
    if (word.keyword === ')') depth -= 1
  }
}

const subqueries: readonly (string | undefined)[] = ['SELECT', 'WITH', 'VALUES', 'TABLE']

/** Where a table is expected: undefined for a subquery, and for a function such as JSON_TABLE. */
const readReference = (words: WordReader, schema: string): TableName | undefined => {
  words.accept('LATERAL')
  while (words.accept('(') !== undefined) {
    if (!subqueries.includes(words.peek()?.keyword)) continue
    skipGroup(words)
    return undefined
  }
  const name = readTableName(words, schema)
  return words.peek()?.keyword === '(' ? undefined : name
}

/** Whether a table comes next; `USE INDEX FOR JOIN` only looks like it. */
const joins = (keyword: string, previous: string): boolean =>
  keyword === ',' || (keyword.endsWith('JOIN') && previous !== 'FOR')

/**
 * The tables of a FROM clause, or what stands there in UPDATE, up to one of the keywords, which is
 * not taken. Tables of subqueries are left out: they are only read.
 */
export const readTableReferences = (
  words: WordReader,
  schema: string,
  until: readonly string[],
): readonly TableName[] => {
  const tables = [readReference(words, schema)]
  let previous = ''
  for (let word = words.peek(); word !== undefined; word = words.peek()) {
    const { keyword } = word
    if (until.includes(keyword)) break
    words.next()
    if (keyword === '(') skipGroup(words)
    if (joins(keyword, previous)) tables.push(readReference(words, schema))
    previous = keyword
  }
  return tables.filter((table) => table !== undefined)
}
