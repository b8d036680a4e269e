// EMULATOR SET '{...}': switches of the emulator for tests that run in another process.
import type { Outcome } from '../protocol/conversation.ts'
import { SqlError } from '../protocol/sql-error.ts'
import { isWord, type Token } from '../sql/tokens.ts'
import { defaultTuning, type Tuning } from '../options.ts'
import type { GreatSql } from './greatsql.ts'

const parse = (text: string): Partial<Tuning> => {
  try {
    return JSON.parse(text) as Partial<Tuning>
  } catch {
    throw new SqlError(1064, '42000', `EMULATOR SET takes JSON, not ${text}`)
  }
}

/** Takes the members of a JSON object over into the tuning (options.ts). */
export const adjustTuning = (emulated: GreatSql, tokens: readonly Token[]): Outcome => {
  const [, verb, json] = tokens
  if (!isWord(verb, 'SET') || json?.kind !== 'string') {
    throw new SqlError(1064, '42000', 'EMULATOR SET is followed by a JSON object between quotes')
  }
  const given = parse(json.value)
  const unknown = Object.keys(given).find((name) => !(name in defaultTuning))
  if (unknown !== undefined) throw new SqlError(1193, 'HY000', `The emulator has no ${unknown}`)
  Object.assign(emulated.tuning, given)
  return { kind: 'forward', text: 'DO 0' }
}
