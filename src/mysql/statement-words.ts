// Cuts a statement into words, without comments: as much of SQL's grammar as it takes to find the
// names of tables. Rules: sql/sql_lex.cc.
import type { TextRules } from './query-event.ts'

export interface StatementWord {
  /** `name`: in backquotes or, in ANSI mode, double quotes. `text`: a literal. */
  readonly kind: 'word' | 'name' | 'text' | 'symbol'
  /** Of a name, what it stands for; of anything else, as it is written. */
  readonly text: string
  /** In capitals, and '' for what is no keyword because it is quoted. */
  readonly keyword: string
  /** Where it begins in the statement, and the place behind it. */
  readonly from: number
  readonly to: number
}

/** What is passed over: /*! and *\/ only mark, and what stands between them is executed. */
const blank = /(?:\s+|--(?=\s|$).*|#.*|\/\*!\d*|\*\/|\/\*(?!!)(?:[^*]|\*(?!\/))*(?:\*\/|$))+/uy

const patterns = (backslash: string) =>
  [
    ['name', /`(?:[^`]|``)*(?:`|$)/uy],
    ['name', new RegExp(`"(?:[^"${backslash}]|${backslash && '\\\\[^]|'}"")*(?:"|$)`, 'uy')],
    ['text', new RegExp(`'(?:[^'${backslash}]|${backslash && '\\\\[^]|'}'')*(?:'|$)`, 'uy')],
    ['word', /[\w$\u0080-\u{10ffff}]+/uy],
    ['symbol', /[^]/uy],
  ] as const

const withBackslashes = patterns('\\\\')
const withoutBackslashes = patterns('')

const unquoted = (text: string): string => {
  const [quote = ''] = text
  const inner = text.slice(1, text.length > 1 && text.endsWith(quote) ? -1 : undefined)
  return inner.replaceAll(quote + quote, quote)
}

const wordAt = (
  text: string,
  from: number,
  { backslashEscapes }: TextRules,
): StatementWord | undefined => {
  for (const [kind, pattern] of backslashEscapes ? withBackslashes : withoutBackslashes) {
    pattern.lastIndex = from
    const [found] = pattern.exec(text) ?? []
    if (found === undefined) continue
    const keyword = kind === 'word' || kind === 'symbol' ? found.toUpperCase() : ''
    const meant = kind === 'name' ? unquoted(found) : found
    return { kind, text: meant, keyword, from, to: from + found.length }
  }
  return undefined
}

const skipBlank = (text: string, from: number): number => {
  blank.lastIndex = from
  return from + (blank.exec(text)?.[0].length ?? 0)
}

export interface WordReader {
  /** The next word, which stays; undefined at the end. */
  peek(): StatementWord | undefined
  next(): StatementWord | undefined
  /** Takes the next word when it is one of these keywords; returns which. */
  accept(...keywords: readonly string[]): string | undefined
}

/** Reads a statement word by word; what nobody asks for is never cut. */
export const readWords = (text: string, rules: TextRules): WordReader => {
  let place = 0
  let ahead: StatementWord | undefined
  const peek = (): StatementWord | undefined => {
    ahead ??= wordAt(text, skipBlank(text, place), rules)
    return ahead
  }
  const next = (): StatementWord | undefined => {
    const word = peek()
    ahead = undefined
    place = word?.to ?? place
    return word
  }
  return {
    peek,
    next,
    accept: (...keywords) => {
      const keyword = peek()?.keyword
      if (keyword === undefined || !keywords.includes(keyword)) return undefined
      next()
      return keyword
    },
  }
}
