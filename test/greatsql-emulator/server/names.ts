// Finds in a statement what GreatSQL would answer otherwise than the real server, and says what is to
// stand there instead.
import type { Client } from '../protocol/conversation.ts'
import { SqlError } from '../protocol/sql-error.ts'
import { literal } from '../sql/literals.ts'
import type { Replacement } from '../sql/rewrite.ts'
import { isSymbol, isWord, type Token } from '../sql/tokens.ts'
import { isPluginActive, type GreatSql } from './greatsql.ts'
import { trackSet } from './track-set.ts'
import type { VariableValue } from './variables.ts'
import { findTable, replaceTable, spanOf, type Place } from './view-tables.ts'

/** What a variable is here; undefined for those of the real server. */
const emulatedValue = async (
  emulated: GreatSql,
  name: string,
): Promise<{ value: VariableValue } | undefined> => {
  const constant = emulated.constants.get(name)
  if (constant !== undefined) return { value: constant }
  const value = emulated.variables.get(name)
  // Without the plugin the real server says that there is no such variable.
  return value === undefined || !(await isPluginActive(emulated)) ? undefined : { value }
}

/** `@@version`, `@@GLOBAL.clone_file_compress`. @throws SqlError 1238 for `@@SESSION.`. */
const variable = async (emulated: GreatSql, token: Token): Promise<Replacement | undefined> => {
  const [, scope = '', name = ''] = /^@@(?:(\w+)\.)?([\w$]+)$/.exec(token.value) ?? []
  const found = await emulatedValue(emulated, name.toLowerCase())
  if (found === undefined) return undefined
  if (/^(?:session|local)$/i.test(scope)) {
    throw new SqlError(1238, 'HY000', `Variable '${name}' is a GLOBAL variable`)
  }
  return spanOf(token, token, literal(found.value))
}

/** The index of the bracket that closes the one at this index. */
const closing = (tokens: readonly Token[], open: number): number => {
  let depth = 0
  for (let at = open; at < tokens.length; at += 1) {
    if (isSymbol(tokens[at], '(')) depth += 1
    if (isSymbol(tokens[at], ')')) depth -= 1
    if (depth === 0) return at
  }
  return tokens.length - 1
}

const noFunction = (name: string, { database }: Client): SqlError => {
  const full = database === undefined ? name : `${database}.${name}`
  return new SqlError(1305, '42000', `FUNCTION ${full} does not exist`)
}

/** VERSION(), mysqlbackup_page_track_set(...), and a function that only MySQL 9 has. */
const call = async (place: Place, index: number): Promise<Replacement | undefined> => {
  const { emulated, client, text, tokens } = place
  const name = tokens[index]
  const open = tokens[index + 1]
  if (name?.kind !== 'word' || !isSymbol(open, '(')) return undefined
  const last = tokens[closing(tokens, index + 1)]
  if (last === undefined || open === undefined) return undefined
  if (isWord(name, 'VERSION')) return spanOf(name, last, literal(emulated.release.version))
  if (isWord(name, 'INNODB_REDO_LOG_SHARP_CHECKPOINT')) {
    throw noFunction(name.text.toLowerCase(), client)
  }
  if (!isWord(name, 'MYSQLBACKUP_PAGE_TRACK_SET')) return undefined
  const value = await trackSet(emulated, client, text.slice(open.end, last.start))
  return spanOf(name, last, String(value))
}

/** All that is to be replaced. @throws SqlError for what GreatSQL refuses. */
export const findReplacements = async (place: Place): Promise<readonly Replacement[]> => {
  const replacements: Replacement[] = []
  for (const [index, token] of place.tokens.entries()) {
    const done = replacements.at(-1)
    if (done !== undefined && token.start < done.end) continue
    const found = findTable(place, index)
    const replacement =
      token.kind === 'variable'
        ? await variable(place.emulated, token)
        : found
          ? await replaceTable(place, found)
          : await call(place, index)
    if (replacement) replacements.push(replacement)
  }
  return replacements
}
