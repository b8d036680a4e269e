// Turns what was given for a command's own options into its arguments: command line first, then
// CLONECTL_<OPTION> in the environment, then the default.

import { parseValue } from '../config/option-spec.ts'
import { type Environment, type Flags, variableOf } from '../config/options.ts'
import { ClonectlError } from '../errors.ts'
import type { AnyCommand, CommandOption, CommandOptions } from './command.ts'

interface Given {
  readonly text: string
  readonly source: string
}

/**
 * The arguments for `run`, under their names in the program. Throws USAGE for a missing option,
 * for options that exclude each other and for a bad value.
 */
export const readArguments = (
  command: Pick<AnyCommand, 'name' | 'options'>,
  flags: Flags,
  env: Environment,
): Readonly<Record<string, unknown>> => {
  const given = new Map(
    Object.keys(command.options).flatMap((name) => {
      const found = find(name, flags, env)
      return found === undefined ? [] : [[name, found] as const]
    }),
  )
  const options = withoutOverruled(command.options, given)
  requireAlone(command.options, options)
  return Object.fromEntries(
    Object.entries(command.options).map(([name, spec]) => [
      camelCase(name),
      valueOf(command.name, name, spec, options.get(name)),
    ]),
  )
}

const find = (name: string, flags: Flags, env: Environment): Given | undefined => {
  const flag = flags[name]
  if (typeof flag === 'string' || typeof flag === 'boolean')
    return { text: String(flag), source: `--${name}` }
  const variable = variableOf(name)
  const text = env[variable]
  // An empty variable is how a shell says "not set".
  return text === undefined || text === '' ? undefined : { text, source: variable }
}

const fromCommandLine = (given: Given): boolean => given.source.startsWith('--')

/** What the command line says overrules what the environment says against it. */
const withoutOverruled = (
  specs: CommandOptions,
  given: ReadonlyMap<string, Given>,
): ReadonlyMap<string, Given> =>
  new Map(
    [...given].filter(
      ([name, value]) =>
        fromCommandLine(value) ||
        ![...given].some(
          ([other, rival]) => fromCommandLine(rival) && excludeEachOther(specs, name, other),
        ),
    ),
  )

const excludeEachOther = (specs: CommandOptions, one: string, other: string): boolean =>
  specs[one]?.excludes?.includes(other) === true || specs[other]?.excludes?.includes(one) === true

const requireAlone = (specs: CommandOptions, given: ReadonlyMap<string, Given>): void => {
  const active = [...given].filter(([, { text }]) => text !== 'false').map(([name]) => name)
  const pairs = active.flatMap((one, index) => active.slice(index + 1).map((other) => [one, other]))
  for (const [one = '', other = ''] of pairs)
    if (excludeEachOther(specs, one, other))
      throw new ClonectlError('USAGE', `--${one} and --${other} exclude each other`, {
        hint: 'give one of the two',
      })
}

const valueOf = (
  command: string,
  name: string,
  spec: CommandOption,
  given: Given | undefined,
): unknown => {
  if (given !== undefined) return convert(spec, given)
  if (spec.required !== true) return spec.kind === 'boolean' ? false : spec.default
  const option = `--${name} ${spec.value ?? ''}`.trim()
  throw new ClonectlError('USAGE', `clonectl ${command} needs ${option}`, {
    hint: `give --${name}, or set ${variableOf(name)}`,
  })
}

const convert = (spec: CommandOption, { text, source }: Given): unknown => {
  const parsed = parseValue(spec, text === '' ? (spec.bare ?? text) : text)
  if (parsed.ok) return parsed.value
  throw new ClonectlError('USAGE', `${source}: ${parsed.reason}, found ${JSON.stringify(text)}`)
}

const camelCase = (name: string): string =>
  name.replaceAll(/-([a-z])/g, (_match, letter: string) => letter.toUpperCase())
