// Finds the tables of performance_schema that GreatSQL has otherwise than the real server, wherever a
// query names them.
import type { Client } from '../protocol/conversation.ts'
import { asLatin1 } from '../sql/literals.ts'
import type { Replacement } from '../sql/rewrite.ts'
import { isName, isSymbol, isWord, type Token } from '../sql/tokens.ts'
import { makeCloneStatus } from './clone-status.ts'
import type { GreatSql } from './greatsql.ts'
import { variableRows } from './variable-rows.ts'
import { viewQuery } from './view-queries.ts'

/** A statement and who asks it of whom. */
export interface Place {
  readonly emulated: GreatSql
  readonly client: Client
  readonly text: string
  readonly tokens: readonly Token[]
}

/** A replacement for the tokens from one to another. */
export const spanOf = (from: Token, to: Token, text: string): Replacement => ({
  start: from.start,
  end: to.end,
  text: asLatin1(text),
})

/** A name that follows a table: its alias. */
const aliasEnds = [
  'WHERE',
  'ORDER',
  'GROUP',
  'HAVING',
  'LIMIT',
  'JOIN',
  'INNER',
  'LEFT',
  'RIGHT',
  'CROSS',
  'STRAIGHT_JOIN',
  'NATURAL',
  'ON',
  'USING',
  'UNION',
  'INTERSECT',
  'EXCEPT',
  'FOR',
  'INTO',
  'WINDOW',
  'LOCK',
  'USE',
  'FORCE',
  'IGNORE',
] as const

const needsAlias = (next: Token | undefined): boolean => {
  if (next === undefined || next.kind === 'symbol') return true
  return next.kind === 'word' && isWord(next, ...aliasEnds)
}

type ViewName = 'clone_status' | 'clone_progress' | 'global_variables' | 'session_variables'

const viewNames: readonly ViewName[] = [
  'clone_status',
  'clone_progress',
  'global_variables',
  'session_variables',
]

const SCHEMA = 'performance_schema'

interface FoundTable {
  readonly view: ViewName
  readonly first: Token
  readonly last: Token
  /** Where the next token stands. */
  readonly next: number
}

/** `performance_schema.clone_status`, or `FROM clone_status` in that schema. */
export const findTable = ({ client, tokens }: Place, index: number): FoundTable | undefined => {
  const token = tokens[index]
  if (token === undefined || isSymbol(tokens[index - 1], '.')) return undefined
  const qualified = isName(token, SCHEMA) && isSymbol(tokens[index + 1], '.')
  const last = qualified ? tokens[index + 2] : token
  const view = viewNames.find((name) => isName(last, name))
  if (view === undefined || last === undefined) return undefined
  const inSchema = client.database?.toLowerCase() === SCHEMA
  const bare = inSchema && isWord(tokens[index - 1], 'FROM', 'JOIN')
  if (!qualified && !bare) return undefined
  return { view, first: token, last, next: index + (qualified ? 3 : 1) }
}

/** The real server says whether the account may read its table, and whether there is one. */
const checkAccess = async (client: Client, view: ViewName): Promise<void> => {
  const { error } = await client.ask(`SELECT 1 FROM ${SCHEMA}.${view} LIMIT 0`)
  if (error !== undefined) throw error
}

const tableText = async ({ emulated }: Place, view: ViewName): Promise<string> => {
  if (view !== 'clone_status' && view !== 'clone_progress') return variableRows(emulated, view)
  const model = () => makeCloneStatus().begin({ pid: 0, source: '', destination: '' })
  return viewQuery(view, emulated.status.entries(), model)
}

export const replaceTable = async (place: Place, found: FoundTable): Promise<Replacement> => {
  const { view, first, last, next } = found
  const { tokens, client } = place
  // A column's full name: the derived table goes by its short name.
  if (isSymbol(tokens[next], '.')) return spanOf(first, last, view)
  await checkAccess(client, view)
  const alias = needsAlias(tokens[next]) ? ` AS ${view}` : ''
  return spanOf(first, last, `${await tableText(place, view)}${alias}`)
}
