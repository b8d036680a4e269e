// SHOW VARIABLES with GreatSQL's variables among the real server's.
import { asLatin1 } from '../sql/literals.ts'
import { isWord, type Token } from '../sql/tokens.ts'
import type { GreatSql } from './greatsql.ts'
import { variableRows } from './variable-rows.ts'

/** The statement that shows the same as this SHOW VARIABLES; undefined when it is another one. */
export const showVariables = async (
  emulated: GreatSql,
  text: string,
  tokens: readonly Token[],
): Promise<string | undefined> => {
  if (!isWord(tokens[0], 'SHOW')) return undefined
  const scoped = isWord(tokens[1], 'GLOBAL', 'SESSION', 'LOCAL')
  const at = scoped ? 2 : 1
  if (!isWord(tokens[at], 'VARIABLES')) return undefined
  const table = isWord(tokens[1], 'GLOBAL') ? 'global_variables' : 'session_variables'
  const condition = text.slice(tokens[at]?.end).replace(/;\s*$/, '')
  const where = isWord(tokens[at + 1], 'LIKE') ? ` WHERE Variable_name${condition}` : condition
  const rows = asLatin1(await variableRows(emulated, table))
  return (
    'SELECT Variable_name, Value FROM (SELECT VARIABLE_NAME AS Variable_name, ' +
    `VARIABLE_VALUE AS Value FROM ${rows} AS v) AS variables${where} ORDER BY Variable_name`
  )
}
