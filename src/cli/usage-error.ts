// What the parser objects to, as an error with a hint. yargs has no codes for its messages, only
// the text, which is English because the locale is fixed.

import { ClonectlError } from '../errors.ts'
import type { GivenArguments } from './given-arguments.ts'
import { nearestWord } from './spelling.ts'

/** What is needed to say it well. */
export interface Vocabulary {
  readonly given: GivenArguments
  /** Of the commands' names. */
  readonly words: readonly string[]
  readonly options: readonly string[]
}

const SEE_HELP = 'clonectl --help lists the commands, clonectl COMMAND --help their options'

/** Makes the error from the parser's message. */
export const usageError = (message: string, vocabulary: Vocabulary): ClonectlError => {
  const unknown = /^Unknown arguments?: (.*)$/.exec(message)?.[1]
  if (unknown !== undefined) return unknownArguments(unknown.split(', '), vocabulary)
  const missing = /^Not enough arguments following: (.*)$/.exec(message)?.[1]
  if (missing !== undefined) return usage(`${dashed(missing)} needs a value`)
  return usage(message.charAt(0).toLowerCase() + message.slice(1))
}

/**
 * The parser names options and words alike. A wrong word usually stands where a command should,
 * and then no option is known to it, so only the words are to blame.
 */
const unknownArguments = (names: readonly string[], vocabulary: Vocabulary): ClonectlError => {
  const wrongOptions = names.filter((name) => isOption(name, vocabulary.given.argv))
  const wrongWords = names.filter((name) => !wrongOptions.includes(name))
  const [word] = wrongWords
  if (word !== undefined && word === vocabulary.given.afterBarePassword) return passwordApart()
  if (word !== undefined)
    return usage(`unknown word ${JSON.stringify(word)}`, suggestion('', word, vocabulary.words))
  const [option = ''] = wrongOptions
  return usage(
    `unknown option ${wrongOptions.map(dashed).join(', ')}`,
    suggestion('--', option, vocabulary.options),
  )
}

const suggestion = (
  dashes: string,
  typed: string,
  words: readonly string[],
): string | undefined => {
  const near = nearestWord(typed, words)
  return near === undefined ? undefined : `did you mean ${dashes}${near}?`
}

/** The word may be the password itself, so it is not repeated. */
const passwordApart = (): ClonectlError =>
  usage('-p and --password take no separate word as their value', 'write --password=… or -p alone')

const isOption = (name: string, argv: readonly string[]): boolean =>
  argv.some((word) => word.startsWith('-') && word.replace(/^-+/, '').split('=')[0] === name)

const dashed = (name: string): string => (name.length === 1 ? `-${name}` : `--${name}`)

const usage = (message: string, hint = SEE_HELP): ClonectlError =>
  new ClonectlError('USAGE', message, { hint })
