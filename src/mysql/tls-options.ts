// What the driver is told about TLS: MySQL's --ssl-mode in the driver's words.
import { readFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import type { SslOptions } from 'mysql2'
import { ClonectlError } from '../errors.ts'
import { transportOf, type ConnectionOptions, type SslMode } from './connection-options.ts'

export interface TlsPlan {
  /** Undefined: connect without TLS. */
  readonly ssl: SslOptions | undefined
  /** Whether to connect without TLS when the server offers none. */
  readonly mayFallBack: boolean
}

/** The mode that counts: a CA given without a mode asks for verification, as in MySQL's clients. */
export const effectiveSslMode = (options: ConnectionOptions): SslMode =>
  options.sslMode ?? (options.sslCa === undefined ? 'PREFERRED' : 'VERIFY_CA')

const readPem = async (option: string, path: string | undefined): Promise<string | undefined> => {
  if (path === undefined) return undefined
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    throw new ClonectlError('CONFIG', `--${option}: cannot read ${path}`, {
      hint: 'Give the path of a readable PEM file.',
      details: { field: option, value: path },
      cause,
    })
  }
}

/** For an IP address or a socket the driver would compare the certificate with "localhost". */
const refuseUnprovableIdentity = (options: ConnectionOptions): void => {
  const transport = transportOf(options)
  if (transport.kind === 'tcp' && isIP(transport.host) === 0) return
  throw new ClonectlError(
    'CONFIG',
    '--ssl-mode=VERIFY_IDENTITY needs a host name to compare with the certificate, ' +
      'found a socket or an IP address',
    { hint: 'Give --host=NAME as it stands in the certificate, or use --ssl-mode=VERIFY_CA.' },
  )
}

const verification = async (options: ConnectionOptions, mode: SslMode): Promise<SslOptions> => {
  if (mode === 'PREFERRED' || mode === 'REQUIRED') return { rejectUnauthorized: false }
  if (mode === 'VERIFY_IDENTITY') refuseUnprovableIdentity(options)
  const ca = await readPem('ssl-ca', options.sslCa)
  if (ca === undefined)
    throw new ClonectlError('CONFIG', `--ssl-mode=${mode} needs a CA certificate`, {
      hint: 'Give --ssl-ca=FILE.',
      details: { field: 'ssl-ca' },
    })
  return { rejectUnauthorized: true, verifyIdentity: mode === 'VERIFY_IDENTITY', ca }
}

/**
 * Reads the PEM files and says how to connect. PREFERRED over a socket means no TLS: the bytes do
 * not leave the machine, and MySQL's clients do the same.
 * Throws CONFIG for an unreadable PEM file, a missing CA, or an identity that cannot be checked.
 */
export const planTls = async (options: ConnectionOptions): Promise<TlsPlan> => {
  const mode = effectiveSslMode(options)
  const overSocket = transportOf(options).kind === 'socket'
  if (mode === 'DISABLED' || (mode === 'PREFERRED' && overSocket))
    return { ssl: undefined, mayFallBack: false }
  const verify = await verification(options, mode)
  const cert = await readPem('ssl-cert', options.sslCert)
  const key = await readPem('ssl-key', options.sslKey)
  return {
    ssl: { ...verify, ...(cert !== undefined && { cert }), ...(key !== undefined && { key }) },
    mayFallBack: mode === 'PREFERRED',
  }
}
