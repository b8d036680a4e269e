// Writes option files for MySQL's programs: the way a password reaches a child process.
// Format: MySQL manual, "Using Option Files"; mysys/my_default.cc.
import { ClonectlError } from '../errors.ts'

export interface OptionGroup {
  /** The name in brackets, such as "client". */
  readonly name: string
  /** Undefined values are left out; '' is written as an empty value. */
  readonly options: Readonly<Record<string, string | number | undefined>>
}

const controlCharacter = /\p{Cc}/u

/** my_default.cc reads lines into a buffer of 4096 bytes and cuts what is longer. */
const longestLineBytes = 4000

/** Neither the value nor its name's line is repeated in a message: it may be a password. */
const refuse = (name: string, what: string): ClonectlError =>
  new ClonectlError('CONFIG', `the value of ${name} ${what}, which an option file cannot hold`, {
    hint: 'Use a shorter value without line breaks or other control characters.',
    details: { field: name },
  })

/** Quoted, so that blanks at the ends and the comment character # belong to the value. */
const optionLine = (name: string, value: string | number): string => {
  const text = String(value)
  if (controlCharacter.test(text)) throw refuse(name, 'holds a control character')
  const line = `${name}="${text.replace(/["\\]/gu, '\\$&')}"`
  if (Buffer.byteLength(line) > longestLineBytes) throw refuse(name, 'is too long')
  return line
}

const groupText = ({ name, options }: OptionGroup): string => {
  const lines = Object.entries(options).flatMap(([option, value]) =>
    value === undefined ? [] : [optionLine(option, value)],
  )
  return [`[${name}]`, ...lines].join('\n')
}

/** The text of an option file. Throws CONFIG for a value that no option file can hold. */
export const formatOptionFile = (...groups: readonly OptionGroup[]): string =>
  `${groups.map(groupText).join('\n\n')}\n`
