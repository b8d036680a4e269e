// The first packets of a connection: the server's greeting, which is changed on its way, and the
// client's answer, which is only read (MySQL internals, HandshakeV10, HandshakeResponse41).
import { CONNECT_WITH_DB, has, LENENC_AUTH_DATA, TLS, withheld } from './capabilities.ts'
import { readLenencInt } from './fields.ts'

const PROTOCOL_10 = 10

export interface Greeting {
  readonly payload: Buffer
  /** The processlist id. */
  readonly connectionId: number
}

/** The greeting with another version and fewer capabilities; undefined when it is an error packet. */
export const changeGreeting = (payload: Buffer, version: string): Greeting | undefined => {
  if (payload[0] !== PROTOCOL_10) return undefined
  const versionEnd = payload.indexOf(0, 1)
  const rest = Buffer.from(payload.subarray(versionEnd + 1))
  // Thread id 4, scramble 8, filler 1; then the capabilities in two halves.
  rest.writeUInt16LE(rest.readUInt16LE(13) & ~withheld & 0xffff, 13)
  rest.writeUInt16LE(rest.readUInt16LE(18) & ~(withheld >>> 16) & 0xffff, 18)
  const front = Buffer.from([PROTOCOL_10, ...Buffer.from(version), 0])
  return { payload: Buffer.concat([front, rest]), connectionId: rest.readUInt32LE(0) }
}

export interface Login {
  readonly capabilities: number
  /** The client only asks for TLS; its real answer follows encrypted. */
  readonly wantsTls: boolean
  readonly database: string | undefined
}

/** The client's answer without what the front withheld: some clients claim it all the same. */
export const changeLogin = (payload: Buffer): Buffer => {
  const changed = Buffer.from(payload)
  changed.writeUInt32LE((payload.readUInt32LE(0) & ~withheld) >>> 0, 0)
  return changed
}

const SHORT_TLS_REQUEST = 32

/** Bytes of the authentication data and of its length. */
const authDataBytes = (payload: Buffer, at: number, capabilities: number): number => {
  if (!has(capabilities, LENENC_AUTH_DATA)) return 1 + (payload[at] ?? 0)
  const { value, next } = readLenencInt(payload, at)
  return next - at + Number(value)
}

export const readLogin = (payload: Buffer): Login => {
  const capabilities = payload.readUInt32LE(0)
  const wantsTls = payload.length === SHORT_TLS_REQUEST && has(capabilities, TLS)
  if (wantsTls || !has(capabilities, CONNECT_WITH_DB)) {
    return { capabilities, wantsTls, database: undefined }
  }
  const auth = payload.indexOf(0, SHORT_TLS_REQUEST) + 1
  const begin = auth + authDataBytes(payload, auth, capabilities)
  const database = payload.subarray(begin, payload.indexOf(0, begin)).toString('utf8')
  return { capabilities, wantsTls, database: database === '' ? undefined : database }
}
