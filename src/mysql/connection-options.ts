// Where a server is and as whom to speak to it. The rules of MySQL's own clients decide between
// the Unix socket and TCP, so that an option file means the same here as there.
import type { connectionOptions } from '../config/option-table.ts'

/** MySQL manual, "Command Options for Encrypted Connections". */
export type SslMode = (typeof connectionOptions)['ssl-mode']['choices'][number]

export interface ConnectionOptions {
  readonly host?: string | undefined
  readonly port?: number | undefined
  /** Path of the Unix socket. */
  readonly socket?: string | undefined
  readonly user: string
  readonly password?: string | undefined
  /** Without it: VERIFY_CA when sslCa is given, PREFERRED otherwise, as MySQL's clients do. */
  readonly sslMode?: SslMode | undefined
  /** Path of a PEM file; the same for the two below. */
  readonly sslCa?: string | undefined
  readonly sslCert?: string | undefined
  readonly sslKey?: string | undefined
}

/** How the server is reached, once host, port and socket have been weighed. */
export type Transport =
  | { readonly kind: 'socket'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }

const defaultPort = 3306

const meansThisMachine = (host: string | undefined): boolean =>
  host === undefined || host === '' || host === 'localhost'

/**
 * Decides the transport. A socket is used when one is named and the host is absent or
 * "localhost", even if a port is given too: option files usually hold both. Everything else is
 * TCP, and "localhost" then means 127.0.0.1, because mysqld may not listen on ::1.
 */
export const transportOf = (options: ConnectionOptions): Transport => {
  const { host, port, socket } = options
  if (meansThisMachine(host) && socket !== undefined && socket !== '')
    return { kind: 'socket', path: socket }
  const target = host === undefined || meansThisMachine(host) ? '127.0.0.1' : host
  return { kind: 'tcp', host: target, port: port ?? defaultPort }
}

/** Names the server in a message: "/run/mysqld.sock" or "10.0.0.5:3306". */
export const addressOf = (options: ConnectionOptions): string => {
  const transport = transportOf(options)
  return transport.kind === 'socket' ? transport.path : `${transport.host}:${transport.port}`
}
