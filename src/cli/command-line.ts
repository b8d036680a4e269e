// Registers the commands on yargs and reads a command line with it: the only file that knows yargs.
// It decides what is to be done; main does it.

import yargs, { type Argv, type Options } from 'yargs'
import type { Flags } from './arguments.ts'
import type { AnyCommand, OptionSpec } from './command.ts'
import { epilogueOf } from './command-help.ts'
import { allCommands, commandGroups } from './commands/all.ts'
import type { GivenArguments } from './given-arguments.ts'
import { SHARED_OPTIONS } from './shared-options.ts'
import { usageError } from './usage-error.ts'

export interface ChosenCommand {
  readonly kind: 'run'
  readonly command: AnyCommand
  readonly flags: Flags
  readonly positional: string | undefined
}

export type CommandLine = { readonly kind: 'help'; readonly text: string } | ChosenCommand

const MAX_WIDTH = 100

/** Reads the arguments, password and short forms already taken care of. Throws USAGE. */
export const readCommandLine = (given: GivenArguments, columns: number): CommandLine => {
  let found: CommandLine | undefined
  let help = ''
  const parser = makeParser(columns, given, (command, flags) => {
    found = { kind: 'run', command, flags, positional: positionalOf(command, flags) }
  })
  parser.parse([...given.argv], {}, (_error, _flags, output) => {
    help = output
  })
  return found ?? { kind: 'help', text: `${help}\n` }
}

const positionalOf = ({ positional }: AnyCommand, flags: Flags): string | undefined => {
  const value = positional === undefined ? undefined : flags[positional.name]
  return typeof value === 'string' ? value : undefined
}

type Chosen = (command: AnyCommand, flags: Flags) => void

const makeParser = (columns: number, given: GivenArguments, chosen: Chosen): Argv =>
  registerAll(yargs([]), chosen)
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
    .wrap(Math.min(columns, MAX_WIDTH))
    .strict()
    .recommendCommands()
    .demandCommand(1, 'no command was given')
    .fail((message: string | null, error: Error | undefined) => {
      // Without a message it is no objection to the command line but a failure inside the parser.
      throw message === null ? error : usageError(message, { given, options: optionNames() })
    })
    .epilogue('clonectl COMMAND --help tells more; clonectl --version says which one this is.')

const optionNames = (): readonly string[] => [
  ...allCommands.flatMap(({ options }) => Object.keys(options)),
  ...SHARED_OPTIONS.map(({ name }) => name),
]

const registerAll = (parser: Argv, chosen: Chosen): Argv => {
  const single = allCommands.filter(({ name }) => !name.includes(' '))
  const withSingle = single.reduce(
    (on, command) => register(on, command.name, command, chosen),
    parser,
  )
  return Object.entries(commandGroups).reduce(
    (on, [group, describe]) => registerGroup(on, group, describe, chosen),
    withSingle,
  )
}

const registerGroup = (parser: Argv, group: string, describe: string, chosen: Chosen): Argv =>
  parser.command(group, describe, (inner) =>
    allCommands
      .filter(({ name }) => name.startsWith(`${group} `))
      .reduce(
        (on, command) => register(on, command.name.slice(group.length + 1), command, chosen),
        inner as Argv,
      )
      .demandCommand(1, `clonectl ${group} needs one of its commands`),
  )

const register = (parser: Argv, word: string, command: AnyCommand, chosen: Chosen): Argv => {
  const { positional } = command
  return parser.command(
    positional === undefined ? word : `${word} [${positional.name}]`,
    command.describe,
    (inner) => describeCommand(inner as Argv, command),
    (flags) => chosen(command, flags),
  )
}

const describeCommand = (parser: Argv, command: AnyCommand): Argv => {
  const withOptions = parser
    .options(optionsOf(Object.entries(command.options), `Options of ${command.name}:`, false))
    .options(sharedOptionsFor(command))
    .example(command.examples.map(({ command: line, about }) => [line, about]))
    .epilogue(epilogueOf(command))
  const { positional } = command
  return positional === undefined
    ? withOptions
    : withOptions.positional(positional.name, { type: 'string', describe: positional.describe })
}

/** Connection options are taken everywhere, but only shown where a server is asked. */
const sharedOptionsFor = (command: AnyCommand): Record<string, Options> =>
  Object.fromEntries(
    SHARED_OPTIONS.map(({ name, spec, group, alias }) => {
      const hidden = group === 'Connection:' && !command.connects
      return [name, { ...optionOf(spec, group, hidden), ...(alias && { alias }) }]
    }),
  )

const optionsOf = (
  specs: readonly (readonly [string, OptionSpec])[],
  group: string,
  hidden: boolean,
): Record<string, Options> =>
  Object.fromEntries(specs.map(([name, spec]) => [name, optionOf(spec, group, hidden)]))

/**
 * Numbers are read as text, so that what is no number can be refused with the words it was given
 * in. Defaults are only shown: the environment comes between the command line and them.
 */
const optionOf = (spec: OptionSpec, group: string, hidden: boolean): Options => ({
  type: spec.type === 'boolean' ? 'boolean' : 'string',
  describe: spec.value === undefined ? spec.describe : `${spec.value}: ${spec.describe}`,
  group,
  hidden,
  ...(spec.type !== 'boolean' && { requiresArg: true }),
  ...(spec.default !== undefined && { defaultDescription: String(spec.default) }),
})
