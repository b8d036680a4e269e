// SET as far as the emulator needs it: which variables are set, in which scope, to what.
import { isSymbol, isWord, tokenize, type Token } from './tokens.ts'

export type Scope = 'global' | 'session' | 'persist'

export interface Assignment {
  readonly scope: Scope
  /** In lower case. */
  readonly name: string
  /** The tokens of the value. */
  readonly value: readonly Token[]
  /** The assignment as written. */
  readonly start: number
  readonly end: number
}

/** A lone PERSIST_ONLY is left to the real server. */
const scopes: Readonly<Record<string, Scope>> = {
  GLOBAL: 'global',
  SESSION: 'session',
  LOCAL: 'session',
  PERSIST: 'persist',
}

/** `@@GLOBAL.x` and `GLOBAL x`. */
const readTarget = (tokens: readonly Token[]): { scope: Scope; name: string } | undefined => {
  const [first, second] = tokens
  if (first?.kind === 'variable') {
    const [, scope, name] = /^@@(?:(\w+)\.)?([\w$]+)$/.exec(first.value) ?? []
    if (name === undefined) return undefined
    return { scope: scopes[(scope ?? '').toUpperCase()] ?? 'session', name: name.toLowerCase() }
  }
  const scope = first?.kind === 'word' ? scopes[first.text.toUpperCase()] : undefined
  const named = scope === undefined ? first : second
  if (named?.kind !== 'word' && named?.kind !== 'quoted') return undefined
  return { scope: scope ?? 'session', name: named.value.toLowerCase() }
}

const readAssignment = (tokens: readonly Token[], inherited: Scope): Assignment | undefined => {
  const equals = tokens.findIndex((token) => isSymbol(token, '=') || isSymbol(token, ':='))
  const target = equals === -1 ? undefined : readTarget(tokens.slice(0, equals))
  const [first] = tokens
  const last = tokens.at(-1)
  if (target === undefined || first === undefined || last === undefined) return undefined
  // In `SET GLOBAL a = 1, b = 2` the scope holds for b as well (MySQL manual, "SET Syntax").
  const named = first.kind === 'variable' || isWord(first, ...Object.keys(scopes))
  return {
    scope: named ? target.scope : inherited,
    name: target.name,
    value: tokens.slice(equals + 1),
    start: first.start,
    end: last.end,
  }
}

/** The assignments of a SET statement; those of user variables and the like are left out. */
export const parseSet = (text: string): readonly Assignment[] => {
  const tokens = tokenize(text)
  if (!isWord(tokens[0], 'SET')) return []
  const groups: Token[][] = [[]]
  let depth = 0
  for (const token of tokens.slice(1)) {
    if (isSymbol(token, '(')) depth += 1
    if (isSymbol(token, ')')) depth -= 1
    if (depth === 0 && isSymbol(token, ',')) groups.push([])
    else if (!isSymbol(token, ';')) groups.at(-1)?.push(token)
  }
  const assignments: Assignment[] = []
  for (const group of groups) {
    const scope = assignments.at(-1)?.scope ?? 'session'
    const assignment = readAssignment(group, scope)
    if (assignment) assignments.push(assignment)
  }
  return assignments
}
