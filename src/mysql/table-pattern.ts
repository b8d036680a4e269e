// Which tables are meant: `shop.orders`, `shop.*`, `*.log_*`.

import { ClonectlError } from '../errors.ts'

export interface TablePattern {
  /** As it was given. */
  readonly text: string
  readonly database: string
  readonly table: string
}

export interface TableName {
  readonly database: string
  readonly table: string
}

/**
 * Reads patterns, a comma between them. Throws USAGE for one that is not `database.table`, naming
 * the option it was given with.
 */
export const readTablePatterns = (text: string, option = 'tables'): readonly TablePattern[] =>
  text.split(',').map((part) => {
    const [, database, table] = /^([^.]+)\.(.+)$/.exec(part.trim()) ?? []
    if (database !== undefined && table !== undefined) return { text: part.trim(), database, table }
    throw new ClonectlError('USAGE', `--${option}: ${JSON.stringify(part.trim())} names no table`, {
      hint: 'write database.table, with * for any characters: shop.orders,shop.log_*',
    })
  })

/** Whether a pattern means the table. A server that ignores case does so here, too. */
export const matchesTable = (
  pattern: TablePattern,
  name: TableName,
  ignoresCase: boolean,
): boolean =>
  wildcard(pattern.database, ignoresCase).test(name.database) &&
  wildcard(pattern.table, ignoresCase).test(name.table)

const wildcard = (text: string, ignoresCase: boolean): RegExp => {
  const parts = text.split('*').map((part) => part.replaceAll(/[\\^$.|?+()[\]{}/]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`, ignoresCase ? 'isu' : 'su')
}
