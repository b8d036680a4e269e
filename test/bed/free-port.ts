// Finds a TCP port for a test server.
import { once } from 'node:events'
import { createServer } from 'node:net'

/** A port that was free on 127.0.0.1 a moment ago; another process may still be faster. */
export const freePort = async (): Promise<number> => {
  const server = createServer().listen({ host: '127.0.0.1', port: 0 })
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no TCP port was given')
  return address.port
}
