// The real server's side of one client connection: asks it things the client does not see, and
// passes its answers on.
import { readLenencString } from './fields.ts'
import { frame, pieceCount, type Link, type Packet } from './link.ts'
import { followResponse, withMoreResults, type Part } from './response.ts'
import { readError, type SqlError } from './sql-error.ts'

export const COM_QUERY = 0x03

/** What the server said to a statement; rows hold text, NULL is null. */
export interface Answer {
  readonly error: SqlError | undefined
  readonly rows: readonly (readonly (string | null)[])[]
  /** The columns' types as the protocol numbers them (field_types.h). */
  readonly types: readonly number[]
}

export interface Backend {
  /** Runs a statement for the emulator. @throws Error when the server is gone. */
  ask(sql: string): Promise<Answer>
  /**
   * Runs a statement (one byte of the text per character) for the client, whose next packet has
   * this number. Returns the number after the last, and whether the statement failed.
   */
  relay(sql: string, to: Relay): Promise<{ sequence: number; failed: boolean }>
}

export interface Relay {
  readonly client: Link
  readonly sequence: number
  /** Another result will follow this statement's. */
  readonly more: boolean
}

const readRow = (payload: Buffer): (string | null)[] => {
  const values: (string | null)[] = []
  for (let at = 0; at < payload.length;) {
    const { value, next } = readLenencString(payload, at)
    values.push(value)
    at = next
  }
  return values
}

/** Behind six names: the length of what follows, character set 2, length 4, type 1. */
const readType = (payload: Buffer): number => {
  let at = 0
  for (let name = 0; name < 6; name += 1) at = readLenencString(payload, at).next
  return payload[at + 7] ?? 0
}

/** The client sends its file, piece by piece; an empty packet ends it. */
const passFile = async (client: Link, server: Link): Promise<number> => {
  for (;;) {
    const packet = await client.next()
    if (packet === undefined) throw new Error('the client is gone')
    await server.write(frame(packet.payload, packet.sequence))
    if (packet.payload.length === 0) return packet.sequence + 1
  }
}

const mustCome = async (server: Link): Promise<Packet> => {
  const packet = await server.next()
  if (packet === undefined) throw new Error('the server is gone')
  return packet
}

/** Collects what is to be written, so that a thousand rows are not a thousand writes. */
const makeOutput = (client: Link) => {
  let parts: Buffer[] = []
  return {
    add: (bytes: Buffer) => parts.push(bytes),
    flush: async (): Promise<void> => {
      const bytes = Buffer.concat(parts)
      parts = []
      if (bytes.length > 0) await client.write(bytes)
    },
  }
}

/** Drives a connected and authenticated server. */
export const makeBackend = (server: Link, capabilities: number): Backend => {
  const send = (sql: Buffer): Promise<void> =>
    server.write(frame(Buffer.concat([Buffer.from([COM_QUERY]), sql]), 0))

  const ask: Backend['ask'] = async (sql) => {
    await send(Buffer.from(sql, 'utf8'))
    const follow = followResponse(capabilities)
    const rows: (string | null)[][] = []
    const types: number[] = []
    for (;;) {
      const { payload } = await mustCome(server)
      const part = follow(payload)
      if (part === 'column') types.push(readType(payload))
      if (part === 'row') rows.push(readRow(payload))
      if (part === 'error') return { error: readError(payload), rows, types }
      if (part === 'end') return { error: undefined, rows, types }
    }
  }

  const relay: Backend['relay'] = async (sql, { client, sequence: first, more }) => {
    await send(Buffer.from(sql, 'latin1'))
    const follow = followResponse(capabilities)
    const output = makeOutput(client)
    let sequence = first
    let part: Part = 'other'
    while (part !== 'end' && part !== 'error') {
      const { payload } = await mustCome(server)
      part = follow(payload)
      const shown = part === 'end' && more ? withMoreResults(payload) : payload
      output.add(frame(shown, sequence))
      sequence += pieceCount(shown.length)
      const atRest = server.peek() === undefined
      if (atRest || part === 'infile') await output.flush()
      if (part === 'infile') sequence = await passFile(client, server)
    }
    await output.flush()
    return { sequence, failed: part === 'error' }
  }
  return { ask, relay }
}
