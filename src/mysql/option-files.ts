// Reads MySQL option files through my_print_defaults, which knows include directories, quoting,
// login paths and which files are read in which order.
import { access, constants } from 'node:fs/promises'
import { resolve } from 'node:path'
import { ClonectlError } from '../errors.ts'
import { runTool } from '../system/run-tool.ts'

export interface OptionFileQuery {
  /** Path of my_print_defaults. */
  readonly myPrintDefaults: string
  /** Read this file only. */
  readonly defaultsFile?: string | undefined
  /** Read this file after the global ones. */
  readonly defaultsExtraFile?: string | undefined
  /** Read the groups with this suffix too. */
  readonly groupSuffix?: string | undefined
  /** Of the login file that mysql_config_editor writes. */
  readonly loginPath?: string | undefined
  /** Read no option files; the login file is still read. */
  readonly noDefaults?: boolean | undefined
  /** Such as "client" and "clonectl"; what stands later in the files wins. */
  readonly groups: readonly string[]
  /** HOME and MYSQL_TEST_LOGIN_FILE decide on personal files; without it, this process's own. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined
}

const refuse = (option: string, file: string, reason: string): ClonectlError =>
  new ClonectlError('CONFIG', `--${option}=${file}: ${reason}`, {
    hint: 'Give the path of an option file that you may read and that only its owner can change.',
    details: { field: option, value: file },
  })

/** my_print_defaults alone says nothing, and succeeds, when the file of --defaults-file is missing. */
const requireReadable = async (option: string, file: string | undefined): Promise<void> => {
  if (file === undefined) return
  try {
    await access(file, constants.R_OK)
  } catch {
    throw refuse(option, file, 'the file does not exist or cannot be read')
  }
}

/** MySQL ignores a file that everybody may write to; one that was asked for must not be ignored. */
const requireNotIgnored = (query: OptionFileQuery, stderr: string): void => {
  const ignored = [...stderr.matchAll(/World-writable config file '(.*)' is ignored/gu)].map(
    ([, path = '']) => resolve(path),
  )
  const named = [
    ['defaults-file', query.defaultsFile],
    ['defaults-extra-file', query.defaultsExtraFile],
  ] as const
  for (const [option, file] of named)
    if (file !== undefined && ignored.includes(resolve(file)))
      throw refuse(option, file, 'MySQL ignores the file because everybody may write to it')
}

/** The order matters: which files are read is decided by the first arguments only. */
const argumentsOf = (query: OptionFileQuery): readonly string[] => [
  ...(query.noDefaults ? ['--no-defaults'] : []),
  ...(query.defaultsFile === undefined ? [] : [`--defaults-file=${query.defaultsFile}`]),
  ...(query.defaultsExtraFile === undefined
    ? []
    : [`--defaults-extra-file=${query.defaultsExtraFile}`]),
  ...(query.groupSuffix === undefined ? [] : [`--defaults-group-suffix=${query.groupSuffix}`]),
  ...(query.loginPath === undefined ? [] : [`--login-path=${query.loginPath}`]),
  '--show',
  ...query.groups,
]

/**
 * Reads `--name=value` and `--name` lines; underscores in names become dashes, an option without
 * value has ''. A line that begins otherwise goes on with the value of the line before.
 */
export const parsePrintedOptions = (text: string): Readonly<Record<string, string>> => {
  const options = new Map<string, string>()
  let last: string | undefined
  for (const line of text.split('\n').slice(0, -1)) {
    const [, name, value = ''] = /^--([A-Za-z][\w.-]*)(?:=(.*))?$/su.exec(line) ?? []
    if (name !== undefined) {
      last = name.replaceAll('_', '-')
      options.set(last, value)
    } else if (last !== undefined) options.set(last, `${options.get(last) ?? ''}\n${line}`)
  }
  return Object.fromEntries(options)
}

/** my_print_defaults explains a bad file on stderr: "Found option without preceding group ...". */
const asConfigError = (error: unknown): unknown => {
  if (!(error instanceof ClonectlError) || error.code !== 'PROCESS') return error
  const { stderrTail } = error.details
  const found = typeof stderrTail === 'string' && /\[ERROR\] (.*)/u.exec(stderrTail)?.[1]
  if (!found) return error
  return new ClonectlError('CONFIG', `the option files cannot be read: ${found}`, {
    hint: 'Correct the file, or name another one with --defaults-file.',
    cause: error,
  })
}

/**
 * The options of the groups by name, passwords included. Throws CONFIG for option files that are
 * missing, malformed or ignored, TOOL_MISSING when my_print_defaults is not there.
 */
export const readOptionFiles = async (
  query: OptionFileQuery,
): Promise<Readonly<Record<string, string>>> => {
  if (!query.noDefaults) {
    await requireReadable('defaults-file', query.defaultsFile)
    await requireReadable('defaults-extra-file', query.defaultsExtraFile)
  }
  const { myPrintDefaults: file, env } = query
  try {
    const tool = { file, name: 'my_print_defaults', args: argumentsOf(query), env }
    const { stdout, stderr } = await runTool(tool)
    requireNotIgnored(query, stderr)
    return parsePrintedOptions(stdout)
  } catch (error) {
    throw asConfigError(error)
  }
}
