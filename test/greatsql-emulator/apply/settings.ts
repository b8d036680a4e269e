// What the stand-in has to know of mysqld's options: the lines that my_print_defaults prints for the
// option files, and behind them the command line, so that the last one wins.
import { isAbsolute, join } from 'node:path'

export interface Settings {
  /** Absolute, as it was spelled, without a trailing slash. */
  readonly datadir: string
  /** As it was spelled; relative to the data directory. Undefined: an ordinary start. */
  readonly incrementalDir: string | undefined
  readonly user: string | undefined
  readonly verbosity: number
  /** Undefined: standard error. */
  readonly logError: string | undefined
  readonly pageSize: number
  readonly innodbReadOnly: boolean
  /** A crash ends by its signal instead of exit code 2. */
  readonly coreFile: boolean
  /** secure_log_path is there and empty, which is worth a warning to GreatSQL. */
  readonly openLogPath: boolean
}

/** `--Loose_innodb-page_size` is innodb_page_size; my_getopt.cc takes dashes for underscores. */
const optionName = (text: string): string =>
  text
    .replace(/^--/, '')
    .replaceAll('-', '_')
    .replace(/^(?:loose|maximum)_/, '')

/** These take their value from the next argument as well: `--datadir D`. */
const valued = new Set([
  'clone_incremental_dir',
  'datadir',
  'innodb_page_size',
  'log_error_verbosity',
  'user',
])

/** Values by name, the last of each. An option without a value has the value `1`. */
export const readOptions = (args: readonly string[]): ReadonlyMap<string, string> => {
  const values = new Map<string, string>()
  for (let index = 0; index < args.length; index += 1) {
    const arg = args[index] ?? ''
    if (arg === '-u') values.set('user', args[(index += 1)] ?? '')
    if (!arg.startsWith('--')) continue
    const equals = arg.indexOf('=')
    const name = optionName(equals === -1 ? arg : arg.slice(0, equals))
    if (equals !== -1) values.set(name, arg.slice(equals + 1))
    else values.set(name, valued.has(name) ? (args[(index += 1)] ?? '') : '1')
  }
  return values
}

const sizeOf = (text: string): number => {
  const [, digits, unit = ''] = /^(\d+)(k?)$/i.exec(text) ?? []
  return Number(digits ?? 16_384) * (unit === '' ? 1 : 1024)
}

const isOn = (value: string | undefined): boolean => /^(?:1|on|true)$/i.test(value ?? '')

/** `--log-error=x` is x.err in the data directory (mysqld.cc); `stderr` is standard error. */
const logFile = (value: string | undefined, datadir: string): string | undefined => {
  if (value === undefined || value === 'stderr' || value === '1') return undefined
  const name = /\.[^./]+$/.test(value) ? value : `${value}.err`
  return isAbsolute(name) ? name : join(datadir, name)
}

/** A value may be missing in `options`: then it is mysqld's default. */
export const readSettings = (options: ReadonlyMap<string, string>, basedir: string): Settings => {
  const given = options.get('datadir') ?? 'data'
  const datadir = (isAbsolute(given) ? given : join(basedir, given)).replace(/(.)\/+$/, '$1')
  const incrementalDir = options.get('clone_incremental_dir')
  return {
    datadir,
    incrementalDir: incrementalDir === '' ? undefined : incrementalDir,
    user: options.get('user'),
    verbosity: Number(options.get('log_error_verbosity') ?? 2),
    logError: logFile(options.get('log_error'), datadir),
    pageSize: sizeOf(options.get('innodb_page_size') ?? '16384'),
    innodbReadOnly: isOn(options.get('innodb_read_only')),
    coreFile: isOn(options.get('core_file')),
    openLogPath: options.get('secure_log_path') === '',
  }
}
