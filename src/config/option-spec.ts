// What an option is: its kind, and what text it takes. Values come as text from every source but
// the command line, so that one function decides what is a number and what is true.

interface SpecBase {
  readonly describe: string
  /** What stands for the value in the help, such as "DIR". */
  readonly value?: string
  /** The one-letter form on the command line. */
  readonly short?: string
  /** Its value is never shown. */
  readonly secret?: true
}

export interface StringSpec extends SpecBase {
  readonly kind: 'string'
}

export interface NumberSpec extends SpecBase {
  readonly kind: 'number'
  readonly min: number
  readonly max: number
}

export interface BooleanSpec extends SpecBase {
  readonly kind: 'boolean'
}

export interface ChoiceSpec extends SpecBase {
  readonly kind: 'choice'
  readonly choices: readonly string[]
  readonly default?: string
}

export type OptionSpec = StringSpec | NumberSpec | BooleanSpec | ChoiceSpec

/** A value that can be used, or the reason why not: a sentence that begins with "expected". */
export type ParsedValue =
  | { readonly ok: true; readonly value: string | number | boolean }
  | { readonly ok: false; readonly reason: string }

const usable = (value: string | number | boolean): ParsedValue => ({ ok: true, value })

const expected = (what: string): ParsedValue => ({ ok: false, reason: `expected ${what}` })

/** MySQL's option files write ON and 1, and name an option without a value to switch it on. */
const trueWords: readonly string[] = ['', '1', 'on', 'true', 'yes']
const falseWords: readonly string[] = ['0', 'off', 'false', 'no']

const parseBoolean = (text: string): ParsedValue => {
  const word = text.toLowerCase()
  if (trueWords.includes(word)) return usable(true)
  return falseWords.includes(word) ? usable(false) : expected('1 or 0, ON or OFF')
}

const parseNumber = (text: string, { min, max }: NumberSpec): ParsedValue => {
  const number = /^\d+$/u.test(text) ? Number(text) : NaN
  return number >= min && number <= max
    ? usable(number)
    : expected(`a whole number from ${min} to ${max}`)
}

const parseChoice = (text: string, { choices }: ChoiceSpec): ParsedValue => {
  const found = choices.find((choice) => choice.toLowerCase() === text.toLowerCase())
  return found === undefined ? expected(`one of ${choices.join(', ')}`) : usable(found)
}

const parseString = (text: string, { secret }: StringSpec): ParsedValue =>
  text === '' && secret === undefined ? expected('a value') : usable(text)

/** Reads the text of a value. Capitals do not matter for choices, which come back as written here. */
export const parseValue = (spec: OptionSpec, text: string): ParsedValue => {
  switch (spec.kind) {
    case 'boolean':
      return parseBoolean(text)
    case 'number':
      return parseNumber(text, spec)
    case 'choice':
      return parseChoice(text, spec)
    case 'string':
      return parseString(text, spec)
  }
}
