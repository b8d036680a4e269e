// Reads a command line with yargs. It decides what is to be done; run-command.ts does it.

import yargs, { type Argv } from 'yargs'
import type { Flags } from '../config/options.ts'
import type { AnyCommand, PositionalSpec } from './command.ts'
import { allCommands } from './commands/all.ts'
import type { GivenArguments } from './given-arguments.ts'
import { registerCommands } from './register-commands.ts'
import { sharedOptions } from './shared-options.ts'
import { usageError, type Vocabulary } from './usage-error.ts'

export interface ChosenCommand {
  readonly kind: 'run'
  readonly command: AnyCommand
  /** Options by name, as text or booleans; only those that were given. */
  readonly flags: Flags
  readonly positional: string | undefined
  /** The one after it. */
  readonly second?: string | undefined
}

export type CommandLine = { readonly kind: 'help'; readonly text: string } | ChosenCommand

const MAX_WIDTH = 100

/** Reads the arguments, password and short forms already taken care of. Throws USAGE. */
export const readCommandLine = (given: GivenArguments, columns: number): CommandLine => {
  const width = Math.min(columns, MAX_WIDTH)
  let found: ChosenCommand | undefined
  let help = ''
  const parser = registerCommands(makeParser(given, width), width, (command, flags) => {
    const [positional, second] = [command.positional, command.second].map((spec) =>
      positionalOf(spec, flags),
    )
    found = { kind: 'run', command, flags, positional, second }
  })
  // Its handlers only note what was chosen, so it is done when it returns, promise or not.
  void parser.parse([...given.argv], {}, (_error, _flags, output) => {
    help = output
  })
  return found ?? { kind: 'help', text: `${help}\n` }
}

const positionalOf = (spec: PositionalSpec | undefined, flags: Flags): string | undefined => {
  const value = spec === undefined ? undefined : flags[spec.name]
  return typeof value === 'string' ? value : undefined
}

/** The parser without commands: options are known by one name only, and numbers stay text. */
const makeParser = (given: GivenArguments, width: number): Argv =>
  yargs([])
    .scriptName('clonectl')
    .usage('Full and incremental physical backups with the CLONE plugin, restored to any second.')
    .parserConfiguration({
      'boolean-negation': false,
      'camel-case-expansion': false,
      'dot-notation': false,
      'duplicate-arguments-array': false,
      'parse-numbers': false,
      'parse-positional-numbers': false,
    })
    .detectLocale(false)
    .exitProcess(false)
    .help('help')
    .describe('help', 'Show this help')
    .version(false)
    .wrap(width)
    .strict()
    .demandCommand(1, 'no command was given')
    .fail((message: string | null, error: Error) => {
      // Without a message it is no objection to the command line but a failure inside the parser.
      if (message === null) throw error
      throw usageError(message, vocabularyOf(given))
    })
    .epilogue('clonectl COMMAND --help tells more; clonectl --version says which one this is.')

/** Only the options of the command that stands there are worth suggesting, if one does. */
const vocabularyOf = (given: GivenArguments): Vocabulary => {
  const named = allCommands.filter(({ name }) =>
    name.split(' ').every((word) => given.argv.includes(word)),
  )
  const options = (named.length === 0 ? allCommands : named).flatMap((c) => Object.keys(c.options))
  return {
    given,
    words: allCommands.flatMap(({ name }) => name.split(' ')),
    options: [...options, ...sharedOptions.map(({ name }) => name)],
  }
}
