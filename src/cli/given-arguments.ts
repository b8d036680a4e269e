// The command line before it is parsed: options in the short forms of MySQL's clients are written
// out, and the password is taken away, so that nothing which prints arguments ever meets it.

export type PasswordArgument =
  | { readonly kind: 'given'; readonly value: string }
  /** A bare -p or --password: the user is asked. */
  | { readonly kind: 'ask' }

export interface GivenArguments {
  /** For the parser: no password, no attached short options. */
  readonly argv: readonly string[]
  readonly password: PasswordArgument | undefined
  /** The word after a bare -p: by mistake it may be the password, so it is never repeated. */
  readonly afterBarePassword: string | undefined
  /** The words as a shell would take them, password and key command masked. */
  readonly words: readonly string[]
  /** The whole command line for locks and journals, password masked. */
  readonly commandLine: string
}

/** Short options with their value attached, as MySQL's clients take them: `-uroot` is `-u root`. */
const ATTACHED = /^-([hPSu])(.+)$/s
const LONG: Readonly<Record<string, string>> = { h: 'host', P: 'port', S: 'socket', u: 'user' }
const PASSWORD = /^(-p|--password=|--password$)(.*)$/s
const MASK = '***'

/** Reads the arguments after the program's name. */
export const readGivenArguments = (argv: readonly string[]): GivenArguments => {
  const end = argv.indexOf('--')
  const options = end === -1 ? argv : argv.slice(0, end)
  const rest = end === -1 ? [] : argv.slice(end)
  const passwords = options.flatMap((word, index) => {
    const argument = passwordIn(word)
    return argument === undefined ? [] : [{ argument, next: options[index + 1] }]
  })
  const bare = passwords.find(({ argument }) => argument.kind === 'ask')
  const words = [...maskedWords(options), ...rest].map(quoted)
  return {
    argv: [...options.filter((word) => passwordIn(word) === undefined).map(writtenOut), ...rest],
    password: passwords.at(-1)?.argument,
    afterBarePassword: bare?.next,
    words,
    commandLine: ['clonectl', ...words].join(' '),
  }
}

/** The words of a run's first line, which names the command in front of them. */
export const wordsAfterCommand = (given: GivenArguments, command: { name: string }): string => {
  const words = [...given.words]
  for (const part of command.name.split(' ')) words.splice(words.indexOf(part), 1)
  return words.join(' ')
}

/** `--password=` is an empty password, which is not the same as being asked for one. */
const passwordIn = (word: string): PasswordArgument | undefined => {
  const match = PASSWORD.exec(word)
  if (match === null) return undefined
  const [, option, value = ''] = match
  return option !== '--password=' && value === '' ? { kind: 'ask' } : { kind: 'given', value }
}

const writtenOut = (word: string): string => {
  const [, letter = '', value = ''] = ATTACHED.exec(word) ?? []
  return letter === '' ? word : `--${LONG[letter] ?? letter}=${value}`
}

const masked = (word: string): string => {
  const argument = passwordIn(word)
  if (argument?.kind !== 'given') return word
  return word.startsWith('--') ? `--password=${MASK}` : `-p${MASK}`
}

/** A program that writes the key may be told a secret of its own. */
const KEY_COMMAND = '--encrypt-key-command'

const maskedWords = (options: readonly string[]): readonly string[] =>
  options.map((word, index) => {
    if (options[index - 1] === KEY_COMMAND) return MASK
    return word.startsWith(`${KEY_COMMAND}=`) ? `${KEY_COMMAND}=${MASK}` : masked(word)
  })

/** Quotes a word for a shell, so that the line can be copied. */
const quoted = (word: string): string =>
  /^[\w@%+=:,./*-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`
