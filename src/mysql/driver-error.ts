// Turns what the driver throws into a ClonectlError. The driver keeps the whole statement on its
// errors (error.sql), passwords included, so nothing of the original error is carried along.
import { ClonectlError } from '../errors.ts'

const fieldOf = (error: unknown, name: string): unknown =>
  typeof error === 'object' && error !== null ? (Reflect.get(error, name) as unknown) : undefined

const textField = (error: unknown, name: string): string | undefined => {
  const value = fieldOf(error, name)
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** MySQL's error numbers are positive; negative ones are the operating system's. */
const serverErrnoOf = (error: unknown): number | undefined => {
  const value = fieldOf(error, 'errno')
  return typeof value === 'number' && value > 0 ? value : undefined
}

const notReachable =
  'Is the server running there? Give --socket, or --host and --port (option file group [clonectl]).'
const checkCredentials =
  'Check --user and the password: -p, --login-path, or group [clonectl] of an option file.'

const hintByErrno: Readonly<Record<number, string>> = {
  1040: 'Try again later, or raise max_connections.',
  1044: 'Grant the account the privilege, or use another --user.',
  1045: checkCredentials,
  1129: 'Run FLUSH HOSTS (or TRUNCATE performance_schema.host_cache) on the server.',
  1130: 'Create the account for this host, or connect through --socket.',
  1142: 'Grant the account SELECT on the table that is named.',
  1227: 'Grant the account the privilege that is named.',
  1251: 'Use an account with caching_sha2_password or mysql_native_password.',
  1524: 'Run INSTALL PLUGIN for the plugin that is named.',
  1698: checkCredentials,
  1820: 'Log in with the mysql client and set a new password.',
  1862: 'Log in with the mysql client and set a new password.',
  3118: 'Unlock the account: ALTER USER ... ACCOUNT UNLOCK.',
  3159: 'Connect with --ssl-mode=REQUIRED or through --socket.',
}

const hintByDriverCode: Readonly<Record<string, string>> = {
  ECONNREFUSED: notReachable,
  ENOENT: notReachable,
  ENOTSOCK: notReachable,
  ENOTFOUND: notReachable,
  EAI_AGAIN: notReachable,
  ETIMEDOUT: notReachable,
  EHOSTUNREACH: notReachable,
  ENETUNREACH: notReachable,
  EACCES: 'Run as a user who may open the socket.',
  HANDSHAKE_NO_SSL_SUPPORT: 'The server offers no TLS: use --ssl-mode=DISABLED or --socket.',
  HANDSHAKE_SSL_ERROR: 'Check --ssl-ca, --ssl-cert and --ssl-key against the server.',
  AUTH_SWITCH_PLUGIN_ERROR: 'Use an account with caching_sha2_password or mysql_native_password.',
  PROTOCOL_CONNECTION_LOST: 'See the server’s error log: it went away or ended the connection.',
}

/** Syntax errors (1064, 1149) quote the statement after "near", which may be a password. */
const withoutStatement = (message: string): string => message.replace(/ near '[^]*$/u, '')

const messageOf = (error: unknown): string => {
  const text = textField(error, 'sqlMessage') ?? textField(error, 'message')
  // Connecting to a name with several addresses fails with an AggregateError without a message.
  return withoutStatement(text ?? textField(error, 'code') ?? 'unknown driver error')
}

const numberSuffix = (errno: number | undefined, sqlState: string | undefined): string =>
  errno === undefined ? '' : ` (MySQL error ${errno}, SQLSTATE ${sqlState ?? 'unknown'})`

/**
 * Makes the SERVER error for a failed statement or connection. `what` says what was being done,
 * without any SQL text. Details: errno and sqlState when the server answered, driverCode such as
 * ECONNREFUSED or PROTOCOL_CONNECTION_LOST otherwise (the driver's name of errno when it did).
 */
export const fromDriverError = (error: unknown, what: string): ClonectlError => {
  const errno = serverErrnoOf(error)
  const sqlState = textField(error, 'sqlState')
  const lost = fieldOf(error, 'fatal') === true ? 'PROTOCOL_CONNECTION_LOST' : undefined
  const driverCode = textField(error, 'code') ?? lost
  return new ClonectlError(
    'SERVER',
    `${what}: ${messageOf(error)}${numberSuffix(errno, sqlState)}`,
    {
      hint: errno === undefined ? hintByDriverCode[driverCode ?? ''] : hintByErrno[errno],
      details: { errno, sqlState, driverCode },
    },
  )
}
