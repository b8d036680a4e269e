// Finds out what was asked for in every way it can be: command line, environment, option files.

import { resolve } from 'node:path'
import { optionFileOptions } from '../config/option-table.ts'
import {
  type Environment,
  type Flags,
  type Options,
  resolveOptions,
  variableOf,
} from '../config/options.ts'
import { ClonectlError } from '../errors.ts'
import type { PasswordArgument } from './given-arguments.ts'

/** Every shared option, resolved. */
export type Settings = Options

/** Reads the settings. Throws CONFIG, listing every bad value, and TOOL_MISSING. */
export const readSettings = async (
  flags: Flags,
  password: PasswordArgument | undefined,
  env: Environment,
): Promise<Settings> => {
  const given = password?.kind === 'given' ? { ...flags, password: password.value } : flags
  const settings = resolveOptions(given, env, await readFiles(resolvePlaces(given, env), env))
  // The server is told this path, and does not work in the directory the user works in.
  return settings.repo === undefined ? settings : { ...settings, repo: resolve(settings.repo) }
}

/**
 * The options that say which option files there are, and so cannot come from one. The others are
 * left for later, so that one error can list every bad value.
 */
const resolvePlaces = (flags: Flags, env: Environment): Settings => {
  const names = Object.keys(optionFileOptions)
  const pick = <T>(from: Readonly<Record<string, T>>, keys: readonly string[]) =>
    Object.fromEntries(Object.entries(from).filter(([key]) => keys.includes(key)))
  return resolveOptions(pick(flags, names), pick(env, names.map(variableOf)), {})
}

/** The programs that read option files are part of the server's installation. */
const readFiles = async (
  places: Settings,
  env: Environment,
): Promise<Readonly<Record<string, string>>> => {
  const myPrintDefaults = await findMyPrintDefaults(places, env)
  if (myPrintDefaults === undefined) return {}
  const { readOptionFiles } = await import('../mysql/option-files.ts')
  return readOptionFiles({
    myPrintDefaults,
    defaultsFile: places.defaultsFile,
    defaultsExtraFile: places.defaultsExtraFile,
    groupSuffix: places.defaultsGroupSuffix,
    loginPath: places.loginPath,
    noDefaults: places.noDefaults,
    groups: ['client', 'clonectl', ...(places.instance ? [`clonectl_${places.instance}`] : [])],
    env: withoutPassword(env),
  })
}

/** Reading option files takes no password, so the program that does it gets none. */
const withoutPassword = (env: Environment): Environment =>
  Object.fromEntries(Object.entries(env).filter(([name]) => name !== variableOf('password')))

/** Without it there are no option files, which is an error only when one was asked for. */
const findMyPrintDefaults = async (
  places: Settings,
  env: Environment,
): Promise<string | undefined> => {
  const { findTool } = await import('../system/find-tool.ts')
  try {
    return await findTool('my_print_defaults', { basedir: places.basedir, path: env['PATH'] })
  } catch (error) {
    if (!(error instanceof ClonectlError) || error.code !== 'TOOL_MISSING') throw error
    if (places.defaultsFile ?? places.defaultsExtraFile ?? places.loginPath ?? places.instance)
      throw error
    return undefined
  }
}
