// The system variables that GreatSQL has and the real server has not (clone_plugin.cc): their ranges,
// and what SET makes of a value. Ranges and messages follow MySQL's sql_plugin_var.cc.
import { SqlError } from '../protocol/sql-error.ts'
import type { Release } from './release.ts'

export type VariableValue = string | bigint | null

interface EnumVariable {
  readonly type: 'enum'
  readonly values: readonly string[]
  readonly initial: string
}

interface IntegerVariable {
  readonly type: 'integer'
  readonly initial: bigint
  readonly min: bigint
  readonly max: bigint
  readonly step: bigint
}

interface TextVariable {
  readonly type: 'text'
  readonly initial: string | null
}

export type VariableKind = EnumVariable | IntegerVariable | TextVariable

const integer = (initial: number, min: number, max: bigint | number, step = 1): VariableKind => ({
  type: 'integer',
  initial: BigInt(initial),
  min: BigInt(min),
  max: BigInt(max),
  step: BigInt(step),
})

const text: VariableKind = { type: 'text', initial: null }

const compressModes = [
  'CLONE_FILE_COMPRESS_NONE',
  'CLONE_FILE_COMPRESS_LZ4',
  'CLONE_FILE_COMPRESS_ZSTD',
] as const

const pluginVariables: Readonly<Record<string, VariableKind>> = {
  clone_file_compress: { type: 'enum', values: compressModes, initial: compressModes[0] },
  clone_file_compress_threads: integer(4, 1, 128),
  clone_file_compress_zstd_level: integer(1, 1, 19),
  clone_file_compress_chunk_size: integer(65_536, 1024, 2n ** 64n - 1n, 1024),
  clone_encrypt_key_path: text,
}

const pluginVariables84: Readonly<Record<string, VariableKind>> = {
  clone_compression_algorithm: { type: 'enum', values: ['zlib', 'zstd'], initial: 'zstd' },
  clone_zstd_compression_level: integer(3, 1, 10),
  clone_exclude_plugins_list: text,
}

/** The variables that exist while the clone plugin is loaded. */
export const variablesOf = ({ is84 }: Release): Readonly<Record<string, VariableKind>> =>
  is84 ? { ...pluginVariables, ...pluginVariables84 } : pluginVariables

/** What a session gives in SET: the value and the type that the server sees. */
export interface GivenValue {
  readonly type: 'integer' | 'string' | 'null' | 'other'
  readonly value: string | null
}

export interface Accepted {
  readonly value: VariableValue
  /** The text of warning 1292, when the value was changed to fit. */
  readonly warning: string | undefined
}

const wrongValue = (name: string, value: string): SqlError =>
  new SqlError(1231, '42000', `Variable '${name}' can't be set to the value of '${value}'`)

const wrongType = (name: string): SqlError =>
  new SqlError(1232, '42000', `Incorrect argument type to variable '${name}'`)

const acceptEnum = (name: string, kind: EnumVariable, given: GivenValue): Accepted => {
  if (given.type === 'other') throw wrongType(name)
  const wanted = (given.value ?? 'NULL').toUpperCase()
  const found =
    given.type === 'integer'
      ? kind.values[Number(given.value)]
      : kind.values.find((value) => value.toUpperCase() === wanted)
  if (found === undefined) throw wrongValue(name, given.value ?? 'NULL')
  return { value: found, warning: undefined }
}

/** Down to a whole step and into the range, as getopt_ull_limit_value does. */
const fit = (value: bigint, { min, max, step }: IntegerVariable): bigint => {
  const capped = value > max ? max : value
  const whole = capped - (capped % step)
  return whole < min ? min : whole
}

const acceptInteger = (name: string, kind: IntegerVariable, given: GivenValue): Accepted => {
  if (given.type !== 'integer' || given.value === null) throw wrongType(name)
  const wanted = BigInt(given.value)
  const value = fit(wanted, kind)
  const warning = `Truncated incorrect ${name} value: '${wanted}'`
  return { value, warning: value === wanted ? undefined : warning }
}

const acceptText = (name: string, given: GivenValue): Accepted => {
  if (given.type !== 'string' && given.type !== 'null') throw wrongType(name)
  return { value: given.value, warning: undefined }
}

/** What the variable becomes. @throws SqlError 1231 or 1232. */
export const accept = (name: string, kind: VariableKind, given: GivenValue): Accepted => {
  if (kind.type === 'enum') return acceptEnum(name, kind, given)
  return kind.type === 'integer' ? acceptInteger(name, kind, given) : acceptText(name, given)
}
