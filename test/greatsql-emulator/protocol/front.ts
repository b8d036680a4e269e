// Listens where GreatSQL would: on a TCP port of 127.0.0.1 and on a Unix socket.
import { once } from 'node:events'
import { readFile, rm } from 'node:fs/promises'
import { createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { createSecureContext } from 'node:tls'
import { freePort } from '../../bed/free-port.ts'
import { serveClient, type Conduct } from './conversation.ts'

export interface Front {
  readonly socket: string
  readonly port: number
  /** Ends all connections and listens no more. */
  close(): Promise<void>
  /** Waits until nothing is done for any client any more. */
  drained(): Promise<void>
}

export interface FrontOptions {
  readonly socket: string
  /** A free one is taken when undefined. */
  readonly port: number | undefined
  /** Holds the certificate that the real server made for itself. */
  readonly datadir: string
  readonly conduct: Omit<Conduct, 'tls'>
}

const listen = async (
  place: { readonly path: string } | { readonly host: string; readonly port: number },
  serve: (socket: Socket) => void,
): Promise<Server> => {
  const server = createServer(serve).listen(place)
  await once(server, 'listening')
  return server
}

const close = async (server: Server): Promise<void> => {
  server.close()
  await once(server, 'close')
}

/** @throws Error when the port or the socket cannot be had. */
export const openFront = async (options: FrontOptions): Promise<Front> => {
  const { socket, datadir } = options
  const cert = await readFile(join(datadir, 'server-cert.pem'))
  const key = await readFile(join(datadir, 'server-key.pem'))
  const conduct: Conduct = { ...options.conduct, tls: createSecureContext({ cert, key }) }
  const sockets = new Set<Socket>()
  const conversations = new Set<Promise<void>>()
  const serve = (local: boolean) => (client: Socket) => {
    sockets.add(client)
    client.once('close', () => sockets.delete(client))
    client.setNoDelay()
    const conversation = serveClient(client, conduct, local)
    conversations.add(conversation)
    void conversation.then(() => conversations.delete(conversation))
  }
  // A socket file that a killed emulator left; a living one would answer the port as well.
  await rm(socket, { force: true })
  const port = options.port ?? (await freePort())
  const servers = [
    await listen({ path: socket }, serve(true)),
    await listen({ host: '127.0.0.1', port }, serve(false)),
  ]
  return {
    socket,
    port,
    close: async () => {
      for (const client of sockets) client.destroy()
      await Promise.all(servers.map(close))
    },
    drained: async () => {
      await Promise.all(conversations)
    },
  }
}
