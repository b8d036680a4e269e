// How a connection begins: the client's handshake is passed to the real server and back, so that
// accounts and passwords are the real ones.
import { connect as connectTls, TLSSocket, type SecureContext } from 'node:tls'
import { changeGreeting, changeLogin, readLogin, type Login } from './handshake.ts'
import { frame, makeLink, type Link, type Packet } from './link.ts'

/** Both ends of a connection through the front. TLS replaces them while it begins. */
export interface Sides {
  client: Link
  server: Link
}

/** Both halves become TLS at once: what the client then proves of itself suits the real server too. */
const startTls = async (sides: Sides, secureContext: SecureContext): Promise<void> => {
  const server = connectTls({ socket: sides.server.release(), rejectUnauthorized: false })
  const client = new TLSSocket(sides.client.release(), { isServer: true, secureContext })
  sides.client = makeLink(client)
  sides.server = makeLink(server)
}

export const pass = async (packet: Packet, to: Link): Promise<void> =>
  to.write(frame(packet.payload, packet.sequence))

/** The exchange about the password: anything, until the real server says yes or no. */
const authenticate = async ({ client, server }: Sides): Promise<boolean> => {
  for (;;) {
    await Promise.race([client.ready(), server.ready()])
    const said = server.take()
    if (said !== undefined) await pass(said, client)
    if (said?.payload[0] === 0x00) return true
    if (said?.payload[0] === 0xff) return false
    const heard = client.take()
    if (heard !== undefined) await pass(heard, server)
    if (client.ended() || server.ended()) return false
  }
}

const nextLogin = async (client: Link): Promise<Packet | undefined> => {
  const packet = await client.next()
  return packet && { ...packet, payload: changeLogin(packet.payload) }
}

/** Undefined when the connection came to nothing. */
export const shakeHands = async (
  sides: Sides,
  { version, tls }: { readonly version: string; readonly tls: SecureContext },
): Promise<{ login: Login; connectionId: number } | undefined> => {
  const hello = await sides.server.next()
  if (hello === undefined) return undefined
  const greeting = changeGreeting(hello.payload, version)
  await sides.client.write(frame(greeting?.payload ?? hello.payload, hello.sequence))
  let reply = await nextLogin(sides.client)
  if (greeting === undefined || reply === undefined) return undefined
  if (readLogin(reply.payload).wantsTls) {
    await pass(reply, sides.server)
    await startTls(sides, tls)
    reply = await nextLogin(sides.client)
    if (reply === undefined) return undefined
  }
  const login = readLogin(reply.payload)
  await pass(reply, sides.server)
  const welcome = await authenticate(sides)
  return welcome ? { login, connectionId: greeting.connectionId } : undefined
}
