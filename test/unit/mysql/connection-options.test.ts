import { describe, expect, it } from 'vitest'
import { addressOf, transportOf } from '../../../src/mysql/connection-options.ts'

const user = 'root'
const socket = '/run/mysqld.sock'

describe('transportOf', () => {
  it.each([
    ['a socket alone', { socket }, { kind: 'socket', path: socket }],
    ['localhost and a socket', { host: 'localhost', socket }, { kind: 'socket', path: socket }],
    [
      'a port and a socket, as option files hold them',
      { port: 3306, socket },
      { kind: 'socket', path: socket },
    ],
    [
      '127.0.0.1 and a socket',
      { host: '127.0.0.1', socket },
      { kind: 'tcp', host: '127.0.0.1', port: 3306 },
    ],
    ['a port alone', { port: 3307 }, { kind: 'tcp', host: '127.0.0.1', port: 3307 }],
    ['localhost alone', { host: 'localhost' }, { kind: 'tcp', host: '127.0.0.1', port: 3306 }],
    ['another host', { host: 'db1', port: 3307 }, { kind: 'tcp', host: 'db1', port: 3307 }],
    ['nothing', {}, { kind: 'tcp', host: '127.0.0.1', port: 3306 }],
    ['an empty socket', { socket: '' }, { kind: 'tcp', host: '127.0.0.1', port: 3306 }],
  ])('decides for %s', (_name, options, expected) => {
    expect(transportOf({ user, ...options })).toEqual(expected)
  })
})

describe('addressOf', () => {
  it('names the socket, or host and port', () => {
    expect(addressOf({ user, socket })).toBe(socket)
    expect(addressOf({ user, host: 'db1' })).toBe('db1:3306')
  })
})
