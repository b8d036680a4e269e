// The option file through which MySQL's own programs connect as clonectl does.
import { transportOf, type ConnectionOptions } from './connection-options.ts'
import { formatOptionFile } from './option-file-text.ts'
import { effectiveSslMode } from './tls-options.ts'

const targetOptions = (options: ConnectionOptions) => {
  const transport = transportOf(options)
  return transport.kind === 'socket'
    ? { protocol: 'SOCKET', socket: transport.path }
    : {
        protocol: 'TCP',
        host: transport.host,
        port: transport.port,
        // Without TLS, caching_sha2_password needs the server's key; the driver asks for it too.
        'get-server-public-key': 'ON',
      }
}

/**
 * The text for a file that only its owner may read, to be given with --defaults-file. It says
 * everything, so that the environment and other option files have no part in the connection.
 * Throws CONFIG for a value that no option file can hold.
 */
export const clientOptionFile = (options: ConnectionOptions): string =>
  formatOptionFile({
    name: 'client',
    options: {
      ...targetOptions(options),
      user: options.user,
      password: options.password ?? '',
      'ssl-mode': effectiveSslMode(options),
      'ssl-ca': options.sslCa,
      'ssl-cert': options.sslCert,
      'ssl-key': options.sslKey,
    },
  })
