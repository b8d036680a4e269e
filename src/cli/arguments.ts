// Turns what was given for a command's own options into its arguments: command line first, then
// CLONECTL_<OPTION> in the environment, then the default.

import { ClonectlError } from '../errors.ts'
import type { AnyCommand, OptionSpec, OptionSpecs } from './command.ts'

/** Options by their names on the command line, as the parser found them. */
export type Flags = Readonly<Record<string, unknown>>

export type Environment = Readonly<Record<string, string | undefined>>

interface Given {
  readonly value: unknown
  readonly source: string
}

/** The environment variable that mirrors an option: `--target-dir` is CLONECTL_TARGET_DIR. */
export const variableOf = (option: string): string =>
  `CLONECTL_${option.toUpperCase().replaceAll('-', '_')}`

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
  if (flags[name] !== undefined) return { value: flags[name], source: `--${name}` }
  const variable = variableOf(name)
  // An empty variable is how a shell says "not set".
  return env[variable] === undefined || env[variable] === ''
    ? undefined
    : { value: env[variable], source: variable }
}

const fromCommandLine = (given: Given): boolean => given.source.startsWith('--')

/** What the command line says overrules what the environment says against it. */
const withoutOverruled = (
  specs: OptionSpecs,
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

const excludeEachOther = (specs: OptionSpecs, one: string, other: string): boolean =>
  specs[one]?.excludes?.includes(other) === true || specs[other]?.excludes?.includes(one) === true

const requireAlone = (specs: OptionSpecs, given: ReadonlyMap<string, Given>): void => {
  const active = [...given].filter(([, { value }]) => value !== false).map(([name]) => name)
  for (const [index, one] of active.entries())
    for (const other of active.slice(index + 1))
      if (excludeEachOther(specs, one, other))
        throw new ClonectlError('USAGE', `--${one} and --${other} exclude each other`, {
          hint: 'give one of the two',
        })
}

const valueOf = (
  command: string,
  name: string,
  spec: OptionSpec,
  given: Given | undefined,
): unknown => {
  if (given !== undefined) return convert(spec, given)
  if (spec.required !== true) return spec.type === 'boolean' ? false : spec.default
  throw new ClonectlError(
    'USAGE',
    `clonectl ${command} needs --${name} ${spec.value ?? ''}`.trim(),
    {
      hint: `give --${name}, or set ${variableOf(name)}`,
    },
  )
}

const convert = (spec: OptionSpec, { value, source }: Given): unknown => {
  if (spec.type === 'boolean') return typeof value === 'boolean' ? value : isTrue(value, source)
  if (spec.type === 'string') return String(value)
  const number = Number(value)
  if (Number.isSafeInteger(number) && number > 0) return number
  throw badValue(source, value, 'a whole number greater than 0')
}

const isTrue = (value: unknown, source: string): boolean => {
  const text = String(value).toLowerCase()
  if (['1', 'true', 'yes', 'on'].includes(text)) return true
  if (['0', 'false', 'no', 'off'].includes(text)) return false
  throw badValue(source, value, '1 or 0')
}

const badValue = (source: string, value: unknown, expected: string): ClonectlError =>
  new ClonectlError('USAGE', `${source} is ${JSON.stringify(value)}, expected ${expected}`)

const camelCase = (name: string): string =>
  name.replaceAll(/-([a-z])/g, (_match, letter: string) => letter.toUpperCase())
