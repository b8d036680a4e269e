// Writes values into SQL text, for statements that take no placeholders (CLONE, CREATE USER).
// Sessions run with sql_mode='', so a backslash is an escape character in literals.
import { ClonectlError } from '../errors.ts'

// Control characters have no place in a path, a password or a name, and would only hide in logs.
const controlCharacter = /\p{Cc}/u

/** The value itself is not repeated in the message: it may be a password. */
const refuseControlCharacters = (text: string): void => {
  if (!controlCharacter.test(text)) return
  throw new ClonectlError('CONFIG', 'a value for the server holds a control character', {
    hint: 'Use a value without line breaks, tabs or other control characters.',
  })
}

/** A string literal: 'it\'s'. Throws CONFIG for control characters. */
export const quoteText = (value: string): string => {
  refuseControlCharacters(value)
  return `'${value.replace(/['\\]/gu, '\\$&')}'`
}

/** A quoted identifier: `a``b`. Throws CONFIG for control characters and for an empty name. */
export const quoteName = (identifier: string): string => {
  refuseControlCharacters(identifier)
  if (identifier === '') throw new ClonectlError('CONFIG', 'an SQL name must not be empty')
  return `\`${identifier.replace(/`/gu, '``')}\``
}
