// The probes of a drill: SQL statements in a file, each ended by a semicolon, with what is expected of
// one in a comment before it: `-- expect: 42`.

import { ClonectlError } from '../errors.ts'

export interface Probe {
  /** Without the semicolon. */
  readonly sql: string
  /** The line of the file on which it begins, from 1. */
  readonly line: number
  /** The text of the first column of the first row, or NULL; undefined when anything will do. */
  readonly expected: string | undefined
}

/** Sessions run with sql_mode='': a backslash is an escape character in strings. */
const TOKEN =
  /--(?=\s|$)[^\n]*|#[^\n]*|\/\*[^]*?\*\/|'(?:[^'\\]|\\[^]|'')*'|"(?:[^"\\]|\\[^]|"")*"|`(?:[^`]|``)*`|[^'"`;#/-]+|[^]/gu
const EXPECTATION = /^(?:--|#)\s*expect:\s*(.*?)\s*$/u
const COMMENT = /^(?:--(?:\s|$)|#|\/\*(?!!))/u

/**
 * Reads the statements of a text; errors call it `file`. Throws CONFIG naming the line for a string or
 * comment without an end, and for what the server would not understand as one statement.
 */
export const parseProbes = (text: string, file: string): readonly Probe[] => {
  const probes: Probe[] = []
  let draft = newDraft()
  let line = 1
  const fail = (what: string, at = line): never => {
    throw new ClonectlError('CONFIG', `${file}, line ${at}: ${what}`, {
      hint: 'a probe is an SQL statement that ends with ; and may follow a line -- expect: VALUE',
      details: { field: 'probes', file, line: at },
    })
  }
  const finish = (): void => {
    const probe = probeOf(draft, fail)
    if (probe !== undefined) probes.push(probe)
    draft = newDraft()
  }
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    if (isUnended(token, text[index + 1])) fail('a string or comment has no end')
    if (token === ';') finish()
    else take(draft, token, line, fail)
    line += token.split('\n').length - 1
  }
  finish()
  if (probes.length === 0) fail('there is no statement')
  return probes
}

/** What begins a string or comment stands alone only when no end was found. */
const isUnended = (token: string, next: string | undefined): boolean =>
  /^['"`]$/u.test(token) || (token === '/' && next === '*')

interface Draft {
  sql: string
  line: number | undefined
  expected: string | undefined
}

type Fail = (what: string, at?: number) => never

const newDraft = (): Draft => ({ sql: '', line: undefined, expected: undefined })

/** Comments count only inside a statement; what stands before it is for the reader. */
const take = (draft: Draft, token: string, line: number, fail: Fail): void => {
  const expectation = EXPECTATION.exec(token)?.[1]
  if (expectation !== undefined) {
    if (draft.line !== undefined) fail('an expectation stands before its statement, not within it')
    if (draft.expected !== undefined) fail('there are two expectations for one statement')
    draft.expected = expectation
    return
  }
  if (draft.line === undefined && (COMMENT.test(token) || token.trim() === '')) return
  draft.line ??= line + token.slice(0, token.search(/\S/u)).split('\n').length - 1
  draft.sql = (draft.sql + token).trimStart()
}

const probeOf = ({ sql, line, expected }: Draft, fail: Fail): Probe | undefined => {
  if (line === undefined) {
    if (expected !== undefined) fail('an expectation is followed by no statement')
    return undefined
  }
  if (/^delimiter\b/iu.test(sql)) fail('DELIMITER is a word of the mysql client alone', line)
  if (/^call\b/iu.test(sql)) fail('CALL gives several results; select from a function', line)
  return { sql: sql.trim(), line, expected }
}
