import { describe, expect, it } from 'vitest'
import { effectiveSslMode, planTls } from '../../../src/mysql/tls-options.ts'

const socket = { user: 'u', socket: '/s' }
const tcp = { user: 'u', host: 'db1' }

describe('effectiveSslMode', () => {
  it('asks for verification when a CA is given without a mode, as MySQL does', () => {
    expect(effectiveSslMode(tcp)).toBe('PREFERRED')
    expect(effectiveSslMode({ ...tcp, sslCa: '/ca' })).toBe('VERIFY_CA')
    expect(effectiveSslMode({ ...tcp, sslCa: '/ca', sslMode: 'REQUIRED' })).toBe('REQUIRED')
  })
})

describe('planTls', () => {
  it.each([
    ['DISABLED', tcp, undefined, false],
    ['PREFERRED', tcp, { rejectUnauthorized: false }, true],
    ['PREFERRED', socket, undefined, false],
    ['REQUIRED', tcp, { rejectUnauthorized: false }, false],
    ['REQUIRED', socket, { rejectUnauthorized: false }, false],
  ] as const)('plans %s', async (sslMode, target, ssl, mayFallBack) => {
    expect(await planTls({ ...target, sslMode })).toEqual({ ssl, mayFallBack })
  })

  it.each([
    [socket, 'needs a host name'],
    [{ ...tcp, host: '10.0.0.5' }, 'needs a host name'],
    [{ ...tcp, host: '::1' }, 'needs a host name'],
    [{ user: 'u', host: 'localhost' }, 'needs a host name'],
    [tcp, 'needs a CA certificate'],
  ])('refuses VERIFY_IDENTITY that cannot be proved: %o', async (target, message) => {
    await expect(planTls({ ...target, sslMode: 'VERIFY_IDENTITY' })).rejects.toMatchObject({
      code: 'CONFIG',
      message: expect.stringContaining(message),
    })
  })

  it('names the option whose file cannot be read', async () => {
    await expect(planTls({ ...tcp, sslCa: '/nowhere/ca.pem' })).rejects.toMatchObject({
      code: 'CONFIG',
      details: { field: 'ssl-ca', value: '/nowhere/ca.pem' },
    })
  })
})
