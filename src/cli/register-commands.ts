// Tells yargs about the commands: names, options, help.

import type { Argv, Options } from 'yargs'
import type { OptionSpec } from '../config/option-spec.ts'
import type { Flags } from '../config/options.ts'
import { epilogueOf } from './command-help.ts'
import type { AnyCommand, CommandOption, PositionalSpec } from './command.ts'
import { allCommands, commandGroups } from './commands/all.ts'
import { sharedOptions } from './shared-options.ts'

type Chosen = (command: AnyCommand, flags: Flags) => void

/** Registers every command; `chosen` is called with the one that the command line names. */
export const registerCommands = (parser: Argv, width: number, chosen: Chosen): Argv => {
  const register = (on: Argv, word: string, command: AnyCommand): Argv =>
    on.command(
      [word, ...positionalsOf(command).map(({ name }) => `[${name}]`)].join(' '),
      command.describe,
      (inner: Argv) => describeCommand(inner, command, width),
      (flags) => chosen(command, flags),
    )
  const registerGroup = (on: Argv, [group, describe]: readonly [string, string]): Argv => {
    const members = allCommands.filter(({ name }) => name.startsWith(`${group} `))
    const words = members.map(({ name }) => name.slice(group.length + 1))
    return on.command(group, describe, (inner: Argv) =>
      members
        .reduce((all, command, index) => register(all, words[index] ?? '', command), inner)
        .demandCommand(1, `clonectl ${group} needs one of: ${words.join(', ')}`),
    )
  }
  const single = allCommands.filter(({ name }) => !name.includes(' '))
  const withSingle = single.reduce((on, command) => register(on, command.name, command), parser)
  return Object.entries(commandGroups).reduce(registerGroup, withSingle)
}

const describeCommand = (parser: Argv, command: AnyCommand, width: number): Argv => {
  const described = parser
    .options(ownOptionsOf(command))
    .options(sharedOptionsOf(command))
    .example(command.examples.map(({ command: line, about }) => [line, about]))
    .epilogue(epilogueOf(command, width))
  return positionalsOf(command).reduce(
    (on, { name, describe }) => on.positional(name, { type: 'string', describe }),
    described,
  )
}

const positionalsOf = ({ positional, second }: AnyCommand): readonly PositionalSpec[] =>
  [positional, second].filter((spec) => spec !== undefined)

const ownOptionsOf = ({ name, options }: AnyCommand): Record<string, Options> =>
  Object.fromEntries(
    Object.entries(options).map(([option, spec]) => [
      option,
      {
        ...yargsOption(spec),
        ...withoutValue(spec),
        group: `Options of ${name}:`,
        ...shownDefault(spec),
      },
    ]),
  )

/** Only shown: the environment comes between the command line and a default. */
const shownDefault = (spec: CommandOption): Options =>
  spec.default === undefined ? {} : { defaultDescription: spec.default }

const withoutValue = ({ bare }: CommandOption): Options =>
  bare === undefined ? {} : { requiresArg: false }

/** Connection options are taken everywhere, but only shown where a server is asked. */
const sharedOptionsOf = (command: AnyCommand): Record<string, Options> =>
  Object.fromEntries(
    sharedOptions.map(({ name, spec, group }) => [
      name,
      { ...yargsOption(spec), group, hidden: group === 'Connection:' && !command.connects },
    ]),
  )

/** Everything but booleans is read as text, so that a bad value can be shown as it was given. */
const yargsOption = (spec: OptionSpec): Options => ({
  describe: [...(spec.value ? [`${spec.value}:`] : []), spec.describe, choicesOf(spec)]
    .join(' ')
    .trimEnd(),
  ...(spec.short !== undefined && { alias: spec.short }),
  ...(spec.kind === 'boolean' ? { type: 'boolean' } : { type: 'string', requiresArg: true }),
})

const choicesOf = (spec: OptionSpec): string =>
  spec.kind === 'choice' ? `(${spec.choices.join(', ')})` : ''
