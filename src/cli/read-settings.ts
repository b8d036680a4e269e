// TEMPORARY
import type { Flags, Environment } from './arguments.ts'
import type { PasswordArgument } from './given-arguments.ts'
import type { Settings } from './settings.ts'
export const readSettings = async (flags: Flags, password: PasswordArgument | undefined, env: Environment): Promise<{ settings: Settings; askPassword: boolean }> => {
  const s = (n: string) => (flags[n] as string | undefined) ?? env['CLONECTL_' + n.toUpperCase().replaceAll('-', '_')]
  return { askPassword: password?.kind === 'ask', settings: { connection: { user: s('user') ?? 'root', socket: s('socket'), host: s('host') }, repo: s('repo'), basedir: s('basedir'), mysqlUser: s('mysql-user'), yes: flags['yes'] === true,
    output: { json: flags['json'] === true, logFormat: s('log-format') === 'ndjson' ? 'ndjson' : 'text', quiet: flags['quiet'] === true, verbose: flags['verbose'] === true, progress: flags['no-progress'] !== true } } }
}
