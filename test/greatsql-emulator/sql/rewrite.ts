// Replaces names in a statement by what GreatSQL would have there, and keeps the names of the columns
// of its result as they were.
import { isSymbol, isWord, type Token } from './tokens.ts'

/** A piece of the statement, from a position to another, and what stands there instead. */
export interface Replacement {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** Words that end the select list of a query at its own depth. */
const listEnds = [
  'FROM',
  'WHERE',
  'GROUP',
  'HAVING',
  'ORDER',
  'LIMIT',
  'INTO',
  'UNION',
  'FOR',
  'LOCK',
  'WINDOW',
] as const

/** The tokens of each item of the select list of a statement that begins with SELECT. */
const selectItems = (tokens: readonly Token[]): Token[][] => {
  if (!isWord(tokens[0], 'SELECT')) return []
  const items: Token[][] = [[]]
  let depth = 0
  for (const token of tokens.slice(1)) {
    if (depth === 0 && isWord(token, ...listEnds)) break
    if (isSymbol(token, '(')) depth += 1
    if (isSymbol(token, ')')) depth -= 1
    if (depth === 0 && isSymbol(token, ',')) items.push([])
    else items.at(-1)?.push(token)
  }
  return items
}

/** Ends in a name behind AS, or behind something that is a value by itself. */
const hasAlias = (item: readonly Token[]): boolean => {
  const [before, last] = item.slice(-2)
  if (last === undefined || before === undefined) return false
  if (last.kind !== 'word' && last.kind !== 'quoted' && last.kind !== 'string') return false
  if (isWord(before, 'AS')) return true
  return before.kind !== 'symbol' || isSymbol(before, ')')
}

/** ` AS \`@@version\`` for the items that lose their text and have no name of their own. */
const aliases = (
  text: string,
  tokens: readonly Token[],
  replaced: readonly Replacement[],
): Replacement[] =>
  selectItems(tokens).flatMap((item) => {
    const start = item[0]?.start ?? 0
    const end = item.at(-1)?.end ?? 0
    const touched = replaced.some((piece) => piece.start >= start && piece.end <= end)
    if (!touched || hasAlias(item)) return []
    const name = text.slice(start, end).replaceAll('`', '``')
    return [{ start: end, end, text: ` AS \`${name}\`` }]
  })

/** The statement with all replacements, which must not overlap. */
export const applyReplacements = (
  text: string,
  tokens: readonly Token[],
  replacements: readonly Replacement[],
): string => {
  const all = [...replacements, ...aliases(text, tokens, replacements)]
  // Of two at one place, the alias stands behind: it was added later and sorting is stable.
  all.sort((a, b) => a.start - b.start)
  let done = 0
  let result = ''
  for (const piece of all) {
    result += text.slice(done, piece.start) + piece.text
    done = piece.end
  }
  return result + text.slice(done)
}
