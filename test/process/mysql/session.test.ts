// Servers that are none; the real one is met in test/server/mysql.
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { openSession } from '../../../src/mysql/session.ts'

let server: Server | undefined

const listen = (onConnection: (socket: Socket) => void): Promise<number> =>
  new Promise((resolve) => {
    server = createServer(onConnection).listen(0, '127.0.0.1', () =>
      resolve((server?.address() as AddressInfo).port),
    )
  })

afterEach(() => {
  server?.close()
})

const user = 'root'
const password = 's3cret-Pass'

describe('openSession', () => {
  it('fails when the other side hangs up', async () => {
    const port = await listen((socket) => socket.destroy())
    await expect(openSession({ user, password, port })).rejects.toMatchObject({
      code: 'SERVER',
      message: expect.stringContaining(`connecting to 127.0.0.1:${port} as root: `),
    })
  })

  it('fails when the other side does not speak MySQL', async () => {
    const port = await listen((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
    await expect(openSession({ user, password, port })).rejects.toMatchObject({ code: 'SERVER' })
  })

  it('says that nothing listens there', async () => {
    const port = await listen(() => undefined)
    await new Promise((resolve) => server?.close(resolve))
    await expect(openSession({ user, password, port })).rejects.toMatchObject({
      code: 'SERVER',
      details: { driverCode: 'ECONNREFUSED' },
      hint: expect.stringContaining('Is the server running'),
    })
    await expect(openSession({ user, password, socket: '/nowhere/s' })).rejects.toMatchObject({
      details: { driverCode: 'ENOENT' },
      message: expect.stringContaining('connecting to /nowhere/s as root'),
    })
  })
})
