// SET of variables that only GreatSQL has (clone_plugin.cc).
import type { Answer } from '../protocol/backend.ts'
import type { Client, Outcome } from '../protocol/conversation.ts'
import { SqlError } from '../protocol/sql-error.ts'
import { asLatin1 } from '../sql/literals.ts'
import { applyReplacements } from '../sql/rewrite.ts'
import { parseSet, type Assignment } from '../sql/set-statement.ts'
import { isWord, tokenize } from '../sql/tokens.ts'
import { isPluginActive, type GreatSql } from './greatsql.ts'
import { findReplacements } from './names.ts'
import { accept, variablesOf, type GivenValue } from './variables.ts'

/** Column types of the protocol that hold whole numbers: TINY, SHORT, LONG, LONGLONG, INT24, YEAR. */
const integerTypes: ReadonlySet<number | undefined> = new Set([1, 2, 3, 8, 9, 13])
/** DECIMAL, FLOAT, DOUBLE, NEWDECIMAL: numbers, but not for these variables. */
const otherNumberTypes: ReadonlySet<number | undefined> = new Set([0, 4, 5, 246])

const typeOf = ({ rows, types }: Answer): GivenValue['type'] => {
  if (rows[0]?.[0] === null) return 'null'
  if (integerTypes.has(types[0])) return 'integer'
  return otherNumberTypes.has(types[0]) ? 'other' : 'string'
}

/** Lets the client's own session compute the value: it may use its variables. */
const evaluate = async (
  emulated: GreatSql,
  client: Client,
  expression: string,
): Promise<GivenValue> => {
  const tokens = tokenize(expression)
  const replacements = await findReplacements({ emulated, client, text: expression, tokens })
  const text = applyReplacements(expression, tokens, replacements)
  const answer = await client.ask(`SELECT ${Buffer.from(text, 'latin1').toString('utf8')}`)
  if (answer.error !== undefined) throw answer.error
  return { type: typeOf(answer), value: answer.rows[0]?.[0] ?? null }
}

/** Undefined for DEFAULT. A bare word is a text: `= CLONE_FILE_COMPRESS_ZSTD`. */
const given = async (
  emulated: GreatSql,
  client: Client,
  text: string,
  { value }: Assignment,
): Promise<GivenValue | undefined> => {
  const [first, second] = value
  if (isWord(first, 'DEFAULT') && second === undefined) return undefined
  const bare =
    first?.kind === 'word' && second === undefined && !isWord(first, 'NULL', 'TRUE', 'FALSE')
  if (first !== undefined && bare) return { type: 'string', value: first.value }
  return evaluate(emulated, client, text.slice(first?.start ?? 0, value.at(-1)?.end))
}

/** Setting a variable to itself shows what the account may do. @throws SqlError 1227. */
const checkRights = async (client: Client): Promise<void> => {
  const { error } = await client.ask('SET GLOBAL clone_buffer_size = @@GLOBAL.clone_buffer_size')
  if (error !== undefined) throw error
}

const refuseScope = ({ emulated, assignment }: { emulated: GreatSql; assignment: Assignment }) => {
  const { name, scope } = assignment
  if (emulated.constants.has(name)) {
    throw new SqlError(1238, 'HY000', `Variable '${name}' is a read only variable`)
  }
  if (scope !== 'session') return
  throw new SqlError(
    1229,
    'HY000',
    `Variable '${name}' is a GLOBAL variable and should be set with SET GLOBAL`,
  )
}

/** Sets one variable; returns the text of a warning. */
const assign = async (
  emulated: GreatSql,
  client: Client,
  text: string,
  assignment: Assignment,
): Promise<string | undefined> => {
  refuseScope({ emulated, assignment })
  await checkRights(client)
  const { name } = assignment
  const kind = variablesOf(emulated.release)[name]
  if (kind === undefined) return undefined
  const value = await given(emulated, client, text, assignment)
  if (value === undefined) {
    emulated.variables.set(name, kind.initial)
    return undefined
  }
  const accepted = accept(name, kind, value)
  emulated.variables.set(name, accepted.value)
  return accepted.warning
}

/** With the mode that is strict for all tables, a value that does not fit is refused. */
const isStrict = async (client: Client): Promise<boolean> => {
  const { rows } = await client.ask("SELECT FIND_IN_SET('STRICT_ALL_TABLES', @@sql_mode) > 0")
  return rows[0]?.[0] === '1'
}

/** SIGNAL makes the real server keep the warning for SHOW WARNINGS; its texts have 128 characters. */
const signalWarning = (warning: string): string => {
  const text = asLatin1(warning.slice(0, 128).replaceAll("'", "''"))
  return `SIGNAL SQLSTATE '01000' SET MYSQL_ERRNO = 1292, MESSAGE_TEXT = '${text}'`
}

/** What remains for the real server: the assignments that are its own. */
const remaining = (text: string, own: readonly Assignment[]): string => {
  let rest = text
  for (const { start, end } of [...own].sort((a, b) => b.start - a.start)) {
    rest = `${rest.slice(0, start)}@emulated = NULL${rest.slice(end)}`
  }
  return rest
}

/** Answers SET; undefined when none of its variables is GreatSQL's. */
export const answerSet = async (
  emulated: GreatSql,
  client: Client,
  text: string,
): Promise<Outcome | undefined> => {
  const all = parseSet(text)
  const own = all.filter(({ name }) => emulated.variables.has(name) || emulated.constants.has(name))
  if (own.length === 0) return undefined
  const needsPlugin = own.every(({ name }) => emulated.variables.has(name))
  // The real server says that there is no such variable.
  if (needsPlugin && !(await isPluginActive(emulated))) return { kind: 'forward', text }
  const warnings: string[] = []
  const before = new Map(emulated.variables)
  for (const assignment of own) {
    const warning = await assign(emulated, client, text, assignment)
    if (warning === undefined) continue
    if (await isStrict(client)) {
      for (const [name, value] of before) emulated.variables.set(name, value)
      throw new SqlError(1231, '42000', warning.replace(/^Truncated.*/, refusal(assignment, text)))
    }
    warnings.push(warning)
  }
  const [warning] = warnings
  if (warning !== undefined) return { kind: 'forward', text: signalWarning(warning) }
  return { kind: 'forward', text: remaining(text, own) }
}

const refusal = ({ name, value }: Assignment, text: string): string =>
  `Variable '${name}' can't be set to the value of '${text.slice(value[0]?.start, value.at(-1)?.end)}'`
