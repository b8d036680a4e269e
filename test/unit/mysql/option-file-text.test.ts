import { describe, expect, it } from 'vitest'
import { clientOptionFile } from '../../../src/mysql/client-option-file.ts'
import { formatOptionFile } from '../../../src/mysql/option-file-text.ts'

describe('formatOptionFile', () => {
  it('quotes every value and leaves out what is undefined', () => {
    const options = {
      user: 'u',
      password: 'a # "b" \\c',
      port: 3306,
      'ssl-ca': undefined,
      empty: '',
    }
    expect(formatOptionFile({ name: 'client', options }, { name: 'x', options: {} })).toBe(
      [
        '[client]',
        'user="u"',
        String.raw`password="a # \"b\" \\c"`,
        'port="3306"',
        'empty=""',
        '',
        '[x]',
        '',
      ].join('\n'),
    )
  })

  it.each(['two\nlines', 'x'.repeat(5000)])(
    'refuses a value no line can hold, unseen',
    (password) => {
      expect(() => formatOptionFile({ name: 'client', options: { password } })).toThrow(
        expect.objectContaining({
          code: 'CONFIG',
          message: expect.not.stringContaining(password),
          details: { field: 'password' },
        }),
      )
    },
  )
})

describe('clientOptionFile', () => {
  it('says everything about a socket', () => {
    expect(clientOptionFile({ user: 'root', socket: '/s' }).split('\n')).toEqual([
      '[client]',
      'protocol="SOCKET"',
      'socket="/s"',
      'user="root"',
      'password=""',
      'ssl-mode="PREFERRED"',
      '',
    ])
  })

  it('says everything about TCP', () => {
    const text = clientOptionFile({
      user: 'u',
      password: 'p',
      host: 'db1',
      port: 3307,
      sslCa: '/ca',
    })
    expect(text).toContain('protocol="TCP"\nhost="db1"\nport="3307"\nget-server-public-key="ON"')
    expect(text).toContain('ssl-mode="VERIFY_CA"\nssl-ca="/ca"')
  })
})
