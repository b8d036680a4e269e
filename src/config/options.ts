// One answer to what each shared option is, whichever way it was given: command line, then
// CLONECTL_<OPTION> in the environment, then option files, then the default.
import { ClonectlError } from '../errors.ts'
import { parseValue, type OptionSpec } from './option-spec.ts'
import { optionFileOptions, optionTable } from './option-table.ts'

type Table = typeof optionTable
type OptionName = keyof Table

type CamelCase<Name extends string> = Name extends `${infer Head}-${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Name

type ValueOf<Spec> = Spec extends { readonly choices: readonly (infer Choice)[] }
  ? Spec extends { readonly default: string }
    ? Choice
    : Choice | undefined
  : Spec extends { readonly kind: 'boolean' }
    ? boolean
    : (Spec extends { readonly kind: 'number' } ? number : string) | undefined

/** Every option under its name in the program: `--ssl-mode` is sslMode. Booleans are never undefined. */
export type Options = {
  readonly [Name in OptionName as CamelCase<Name>]: ValueOf<Table[Name]>
}

/** Values by option name with dashes, as the parser of the command line found them. */
export type Flags = Readonly<Record<string, unknown>>

export type Environment = Readonly<Record<string, string | undefined>>

/** Values by option name with dashes, as readOptionFiles gives them. */
export type OptionFileValues = Readonly<Record<string, string>>

/** One bad value. The value of a secret is left out. */
export interface OptionProblem {
  readonly field: string
  readonly source: string
  readonly reason: string
  readonly value?: string
}

interface Given {
  readonly text: string
  readonly source: string
}

/** The environment variable that mirrors an option: `--ssl-mode` is CLONECTL_SSL_MODE. */
export const variableOf = (option: string): string =>
  `CLONECTL_${option.toUpperCase().replaceAll('-', '_')}`

const camelCase = (name: string): string =>
  name.replace(/-([a-z])/gu, (_match, letter: string) => letter.toUpperCase())

const flagText = (flag: unknown): string | undefined => {
  if (typeof flag === 'string') return flag
  return typeof flag === 'number' || typeof flag === 'boolean' ? String(flag) : undefined
}

/** An option that says which option files to read cannot be in one of them. */
const inOptionFiles = (name: string, values: OptionFileValues): string | undefined =>
  name in optionFileOptions && name !== 'basedir'
    ? undefined
    : (values[name] ?? values[`loose-${name}`])

/** Nothing behind the "=" is how both a shell and an option file say "not set". */
const isSet = (text: string, spec: OptionSpec): boolean => text !== '' || spec.secret === true

/** In an option file, an option without a value switches it on. */
const isSetInFile = (text: string, spec: OptionSpec): boolean =>
  isSet(text, spec) || spec.kind === 'boolean'

interface Sources {
  readonly flags: Flags
  readonly env: Environment
  readonly optionFiles: OptionFileValues
}

const findGiven = (name: string, spec: OptionSpec, sources: Sources): Given | undefined => {
  const flag = flagText(sources.flags[name])
  if (flag !== undefined) return { text: flag, source: `--${name}` }
  const variable = variableOf(name)
  const inVariable = sources.env[variable]
  if (inVariable !== undefined && isSet(inVariable, spec))
    return { text: inVariable, source: variable }
  const inFile = inOptionFiles(name, sources.optionFiles)
  return inFile !== undefined && isSetInFile(inFile, spec)
    ? { text: inFile, source: 'option file' }
    : undefined
}

const defaultOf = (spec: OptionSpec): string | boolean | undefined => {
  if (spec.kind === 'boolean') return false
  return spec.kind === 'choice' ? spec.default : undefined
}

const describeProblem = ({ field, source, reason, value }: OptionProblem): string => {
  const where = source === `--${field}` ? source : `${field} (${source})`
  return `${where}: ${reason}${value === undefined ? '' : `, found ${JSON.stringify(value)}`}`
}

const refuse = (problems: readonly OptionProblem[]): ClonectlError =>
  new ClonectlError('CONFIG', problems.map(describeProblem).join('; '), {
    hint: 'See clonectl --help for what each option takes.',
    details: { problems },
  })

/**
 * Resolves every shared option; the result is frozen. Names that are no shared option are passed
 * over: option files hold those of other programs, flags those of the command. Throws one CONFIG
 * error that lists every bad value (field, source, reason, value), never a secret's value.
 */
export const resolveOptions = (
  flags: Flags,
  env: Environment,
  optionFiles: OptionFileValues,
): Options => {
  const problems: OptionProblem[] = []
  const values = Object.entries<OptionSpec>(optionTable).map(([name, spec]) => {
    const given = findGiven(name, spec, { flags, env, optionFiles })
    if (given === undefined) return [camelCase(name), defaultOf(spec)]
    const parsed = parseValue(spec, given.text)
    if (parsed.ok) return [camelCase(name), parsed.value]
    const shown = spec.secret === true ? {} : { value: given.text }
    problems.push({ field: name, source: given.source, reason: parsed.reason, ...shown })
    return [camelCase(name), undefined]
  })
  if (problems.length > 0) throw refuse(problems)
  // Each entry was parsed by its own spec, from which its type is derived.
  return Object.freeze(Object.fromEntries(values)) as Options
}
