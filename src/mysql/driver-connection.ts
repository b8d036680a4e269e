// Opens a connection of the mysql2 driver. Only session.ts uses it; the rest of clonectl does not
// know which driver there is.
import { createConnection, type Connection, type ConnectionOptions as Driver } from 'mysql2/promise'
import { connect as connectSocket, type Socket } from 'node:net'
import { ClonectlError } from '../errors.ts'
import { addressOf, transportOf, type ConnectionOptions } from './connection-options.ts'
import { fromDriverError } from './driver-error.ts'
import { planTls, type TlsPlan } from './tls-options.ts'

export interface DriverConnection {
  readonly connection: Connection
  /** The driver can only half-close its socket; destroying this one frees the process at once. */
  readonly socket: Socket
}

const connectTimeoutMs = 10_000

const openSocket = (options: ConnectionOptions): Socket => {
  const transport = transportOf(options)
  if (transport.kind === 'socket') return connectSocket(transport.path)
  const { host, port } = transport
  return connectSocket({ host, port, noDelay: true, keepAlive: true })
}

/** The driver needs host or path besides the socket: for TLS, and to know what is secure. */
const driverOptions = (options: ConnectionOptions, ssl: TlsPlan['ssl'], socket: Socket): Driver => {
  const transport = transportOf(options)
  const { user, password } = options
  return {
    ...(transport.kind === 'socket'
      ? { socketPath: transport.path }
      : { host: transport.host, port: transport.port }),
    user,
    ...(password !== undefined && { password }),
    ...(ssl !== undefined && { ssl }),
    stream: socket,
    charset: 'utf8mb4',
    connectTimeout: connectTimeoutMs,
    rowsAsArray: true,
    trace: false,
    // The text protocol sends every value as text; nothing is converted on the way. Spelt with a
    // hyphen because the driver prints a warning for JSON columns when it reads exactly "utf8".
    typeCast: (field) => field.string('utf-8'),
  }
}

const connectOnce = async (
  options: ConnectionOptions,
  ssl: TlsPlan['ssl'],
): Promise<DriverConnection> => {
  const socket = openSocket(options)
  try {
    return { connection: await createConnection(driverOptions(options, ssl, socket)), socket }
  } catch (cause) {
    socket.destroy()
    throw fromDriverError(cause, `connecting to ${addressOf(options)} as ${options.user}`)
  }
}

const hasNoTls = (error: unknown): boolean =>
  error instanceof ClonectlError && error.details['driverCode'] === 'HANDSHAKE_NO_SSL_SUPPORT'

/**
 * Connects and logs in. Throws SERVER with a hint when the server cannot be reached or refuses,
 * CONFIG for TLS options that cannot be used.
 */
export const connectDriver = async (options: ConnectionOptions): Promise<DriverConnection> => {
  const { ssl, mayFallBack } = await planTls(options)
  try {
    return await connectOnce(options, ssl)
  } catch (error) {
    if (mayFallBack && hasNoTls(error)) return connectOnce(options, undefined)
    throw error
  }
}
