// One client of the front: its handshake is passed to the real server and back, so that accounts
// and passwords are the real ones; then its statements go through `answer`, and every other command
// is passed on as it is.
import { connect, type Socket } from 'node:net'
import type { SecureContext } from 'node:tls'
import { makeBackend, COM_QUERY, type Backend } from './backend.ts'
import { frame, makeLink, type Packet } from './link.ts'
import { pass, shakeHands, type Sides } from './shake-hands.ts'
import { errorPayload, SqlError } from './sql-error.ts'

const COM_INIT_DB = 0x02
const COM_STMT_PREPARE = 0x16

/** A connection as those see it who answer its statements. */
export interface Client {
  /** The processlist id in the real server. */
  readonly connectionId: number
  readonly ask: Backend['ask']
  /** Settles when the client is gone, or the real server has ended its connection. */
  readonly gone: Promise<void>
  /** The default database; undefined without one. */
  database: string | undefined
  /** True when the client came over the Unix socket. */
  readonly local: boolean
}

/** One thing to say to the client: the real server's answer to a text, or an error. */
export type Outcome =
  | {
      readonly kind: 'forward'
      /** One byte of the statement per character. */
      readonly text: string
      readonly after?: (succeeded: boolean) => void
    }
  | { readonly kind: 'error'; readonly error: SqlError }

export interface Conduct {
  /** Said in the greeting. */
  readonly version: string
  /** Where the real server listens: its socket for local clients, its port for the others. */
  readonly backend: { readonly socket: string; readonly port: number }
  /** For clients that want TLS. */
  readonly tls: SecureContext
  /** Splits a text into what is answered one after another. */
  readonly split: (text: string) => readonly string[]
  /** Answers one statement. */
  readonly answer: (statement: string, client: Client) => Promise<Outcome>
  /** Answers COM_STMT_PREPARE: the text to prepare, or an error. */
  readonly prepare: (statement: string, client: Client) => Promise<Outcome>
}

/** Passes packets both ways until the client has one that begins something new. */
const pipe = async ({ client, server }: Sides): Promise<void> => {
  for (;;) {
    await Promise.race([client.ready(), server.ready()])
    for (let packet = server.take(); packet !== undefined; packet = server.take()) {
      await client.write(frame(packet.payload, packet.sequence))
    }
    while (client.peek() !== undefined && client.peek()?.sequence !== 0) {
      const packet = client.take()
      if (packet) await server.write(frame(packet.payload, packet.sequence))
    }
    if (client.peek() !== undefined || client.ended() || server.ended()) return
  }
}

interface Talk extends Sides {
  readonly conduct: Conduct
  readonly known: Client
  readonly backend: Backend
}

/** A fault of the emulator itself is not to look like a server that went away. */
const ownFault = (fault: unknown): Outcome => {
  const reason = fault instanceof Error ? (fault.stack ?? fault.message) : String(fault)
  return {
    kind: 'error',
    error: new SqlError(1815, 'HY000', `Internal error: emulator: ${reason}`),
  }
}

/** Answers the statements of one COM_QUERY; the first that fails ends it. */
const query = async (payload: Buffer, talk: Talk): Promise<void> => {
  const { client, conduct, known, backend } = talk
  const statements = conduct.split(payload.subarray(1).toString('latin1'))
  let sequence = 1
  for (const [index, statement] of statements.entries()) {
    const outcome = await conduct.answer(statement, known).catch(ownFault)
    if (outcome.kind === 'error') {
      return client.write(frame(errorPayload(outcome.error), sequence))
    }
    const more = index + 1 < statements.length
    const said = await backend.relay(outcome.text, { client, sequence, more })
    outcome.after?.(!said.failed)
    if (said.failed) return
    sequence = said.sequence
  }
}

const prepare = async (payload: Buffer, talk: Talk): Promise<void> => {
  const { client, server, conduct, known } = talk
  const outcome = await conduct.prepare(payload.subarray(1).toString('latin1'), known)
  if (outcome.kind === 'error') return client.write(frame(errorPayload(outcome.error), 1))
  const text = Buffer.from(outcome.text, 'latin1')
  await server.write(frame(Buffer.concat([payload.subarray(0, 1), text]), 0))
  await pipe(talk)
}

const command = async (packet: Packet, talk: Talk): Promise<void> => {
  const { payload } = packet
  if (payload[0] === COM_QUERY) return query(payload, talk)
  if (payload[0] === COM_STMT_PREPARE) return prepare(payload, talk)
  if (payload[0] === COM_INIT_DB) talk.known.database = payload.subarray(1).toString('utf8')
  await pass(packet, talk.server)
  await pipe(talk)
}

const converse = async (sides: Sides, conduct: Conduct, local: boolean): Promise<void> => {
  const hands = await shakeHands(sides, conduct)
  if (hands === undefined) return
  const backend = makeBackend(sides.server, hands.login.capabilities)
  const known: Client = {
    connectionId: hands.connectionId,
    ask: backend.ask,
    gone: Promise.race([sides.client.gone, sides.server.gone]),
    database: hands.login.database,
    local,
  }
  const talk: Talk = { ...sides, conduct, known, backend }
  // When the real server ends the connection (KILL, shutdown), the client is to notice.
  void sides.server.gone.then(sides.client.close)
  for (;;) {
    const packet = await talk.client.next()
    if (packet === undefined) return
    await command(packet, talk)
  }
}

/** Serves one client until either side is gone. Never throws: a connection is all that can be lost. */
export const serveClient = async (
  socket: Socket,
  conduct: Conduct,
  local: boolean,
): Promise<void> => {
  const { socket: path, port } = conduct.backend
  const behind = local ? connect(path) : connect({ host: '127.0.0.1', port, noDelay: true })
  const sides: Sides = { client: makeLink(socket), server: makeLink(behind) }
  try {
    await converse(sides, conduct, local)
  } catch {
    // The server or the client went away in the middle of an answer: closing says it all.
  } finally {
    sides.client.close()
    sides.server.close()
  }
}
