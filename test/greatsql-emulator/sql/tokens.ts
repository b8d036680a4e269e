// Cuts a statement into the tokens that the emulator looks at (MySQL manual, "Lexical Structure").
// Texts are one byte per character (latin1), so that what is passed on stays as it was.

export type TokenKind = 'word' | 'quoted' | 'string' | 'number' | 'variable' | 'symbol'

export interface Token {
  readonly kind: TokenKind
  /** As written. */
  readonly text: string
  /**
   * The name or the string without quotes and escapes, in UTF-8. A variable keeps its @ or @@ and
   * loses the quotes behind it.
   */
  readonly value: string
  readonly start: number
  readonly end: number
}

const blank = /(?:\s+|--(?=\s|$)[^\n]*|#[^\n]*|\/\*(?!!)[^]*?(?:\*\/|$)|\/\*!\d*|\*\/)+/y

const patterns: readonly (readonly [TokenKind, RegExp])[] = [
  // Unrolled, so that a long string does not exhaust the stack.
  ['string', /'[^'\\]*(?:(?:''|\\[^])[^'\\]*)*'|"[^"\\]*(?:(?:""|\\[^])[^"\\]*)*"/y],
  ['quoted', /`(?:[^`]|``)*`/y],
  [
    'variable',
    /@@(?:[\w$.]|`[^`]*`)+|@(?:'(?:[^'\\]|''|\\[^])*'|"(?:[^"\\]|""|\\[^])*"|`[^`]*`|[\w$.]*)/y,
  ],
  ['number', /0x[\da-f]+(?![\w$])|\d+(?:\.\d*)?(?:e[+-]?\d+)?(?![\w$])|\.\d+(?:e[+-]?\d+)?/iy],
  ['word', /[\w$\x80-\xff]+/y],
  ['symbol', /:=|<=>|<=|>=|<>|!=|\|\||&&|->>?|[^]/y],
]

const escapes: Readonly<Record<string, string>> = {
  0: '\0',
  b: '\b',
  n: '\n',
  r: '\r',
  t: '\t',
  Z: '\x1a',
  // A pattern's escapes keep their backslash (MySQL manual, "String Literals").
  '%': '\\%',
  _: '\\_',
}

const unquote = (text: string): string => {
  const quote = text[0] ?? ''
  const inner = text.slice(1, -1).replaceAll(quote + quote, quote)
  const plain =
    quote === '`'
      ? inner
      : inner.replace(/\\([^])/g, (_, letter: string) => escapes[letter] ?? letter)
  return Buffer.from(plain, 'latin1').toString('utf8')
}

const valueOf = (kind: TokenKind, text: string): string => {
  if (kind === 'string' || kind === 'quoted') return unquote(text)
  if (kind === 'variable') {
    const [, marks = '', name = ''] = /^(@@?)([^]*)$/.exec(text) ?? []
    if (marks === '@@') return text.replaceAll('`', '')
    return `@${/^['"`]/.test(name) ? unquote(name) : name}`
  }
  return Buffer.from(text, 'latin1').toString('utf8')
}

const tokenAt = (text: string, start: number): Token | undefined => {
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = start
    const [found] = pattern.exec(text) ?? []
    if (found !== undefined) {
      return { kind, text: found, value: valueOf(kind, found), start, end: start + found.length }
    }
  }
  return undefined
}

/** All tokens; comments are left out, but what stands in executable ones is not. */
export const tokenize = (text: string): readonly Token[] => {
  const tokens: Token[] = []
  for (let at = 0; at < text.length;) {
    blank.lastIndex = at
    at += blank.exec(text)?.[0].length ?? 0
    const token = tokenAt(text, at)
    if (token === undefined) break
    tokens.push(token)
    at = token.end
  }
  return tokens
}

/** A key word is a bare word, whatever its case. */
export const isWord = (token: Token | undefined, ...words: readonly string[]): boolean =>
  token?.kind === 'word' && words.includes(token.text.toUpperCase())

export const isSymbol = (token: Token | undefined, symbol: string): boolean =>
  token?.kind === 'symbol' && token.text === symbol

/** A name, quoted or not, whatever its case. */
export const isName = (token: Token | undefined, name: string): boolean =>
  (token?.kind === 'word' || token?.kind === 'quoted') &&
  token.value.toLowerCase() === name.toLowerCase()
