// The server's address and account out of the settings, with the password if it must be asked for.

import { userInfo } from 'node:os'
import { ClonectlError } from '../errors.ts'
import type { ConnectionOptions } from '../mysql/connection-options.ts'
import type { Terminal } from './io.ts'
import type { Settings } from './read-settings.ts'

/** As MySQL's clients do, the login name stands in for the account. */
export const connectionOf = (settings: Settings): ConnectionOptions => ({
  host: settings.host,
  port: settings.port,
  socket: settings.socket,
  user: settings.user ?? loginName(),
  password: settings.password,
  sslMode: settings.sslMode,
  sslCa: settings.sslCa,
  sslCert: settings.sslCert,
  sslKey: settings.sslKey,
})

/** Asks for the password. Throws CONFIG where nobody can answer. */
export const askForPassword = async (
  settings: Settings,
  terminal: Terminal | undefined,
): Promise<ConnectionOptions> => {
  if (terminal !== undefined)
    return { ...connectionOf(settings), password: await terminal.askSecret('Enter password: ') }
  throw new ClonectlError('CONFIG', '-p alone asks for the password, and nobody can answer here', {
    hint: 'put the password into an option file, a login path or CLONECTL_PASSWORD',
    details: { field: 'password', source: '--password', reason: 'there is no terminal' },
  })
}

/** A user without an entry in passwd, as in many containers, has none. */
const loginName = (): string => {
  try {
    return userInfo().username
  } catch (cause) {
    throw new ClonectlError('USAGE', 'no account was named, and this system user has no name', {
      hint: 'give --user, or write user=NAME in an option file',
      cause,
    })
  }
}
