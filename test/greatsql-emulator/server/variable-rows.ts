// The server's variables as rows, with those of GreatSQL among them.
import { literal, textLiteral } from '../sql/literals.ts'
import { isPluginActive, type GreatSql } from './greatsql.ts'
import type { VariableValue } from './variables.ts'

const shown = (value: VariableValue): string => (value === null ? '' : String(value))

/** A derived table with the columns VARIABLE_NAME and VARIABLE_VALUE. */
export const variableRows = async (
  emulated: GreatSql,
  table: 'global_variables' | 'session_variables',
): Promise<string> => {
  const plugin = await isPluginActive(emulated)
  const extra = [...emulated.constants, ...(plugin ? emulated.variables : [])]
  const names = extra.map(([name]) => textLiteral(name)).join(', ')
  const rows = extra.map(
    ([name, value]) => ` UNION ALL SELECT ${literal(name)}, ${literal(shown(value))}`,
  )
  return (
    `(SELECT VARIABLE_NAME, VARIABLE_VALUE FROM performance_schema.${table} ` +
    `WHERE VARIABLE_NAME NOT IN (${names})${rows.join('')})`
  )
}
