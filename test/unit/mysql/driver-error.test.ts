import { describe, expect, it } from 'vitest'
import { fromDriverError } from '../../../src/mysql/driver-error.ts'
import { isConnectionLost, serverErrno } from '../../../src/mysql/server-errno.ts'

const secret = 's3cret-Pass'

/** As the driver makes it: the whole statement is on the error. */
const syntaxError = () =>
  Object.assign(
    new Error(`You have an error in your SQL syntax; use near ''${secret}' REQUIRE' at line 1`),
    {
      code: 'ER_PARSE_ERROR',
      errno: 1064,
      sqlState: '42000',
      sqlMessage: `You have an error in your SQL syntax; use near ''${secret}' REQUIRE' at line 1`,
      sql: `CLONE INSTANCE FROM u@h:1 IDENTIFIED BY '${secret}' REQUIRE`,
    },
  )

describe('fromDriverError', () => {
  it('keeps number, state and name of a server error', () => {
    const error = fromDriverError(
      { code: 'ER_X', errno: 1524, sqlState: 'HY000', message: "Plugin 'clone' is not loaded" },
      'CLONE LOCAL',
    )
    expect(error.code).toBe('SERVER')
    expect(error.exitCode).toBe(30)
    expect(error.message).toBe(
      "CLONE LOCAL: Plugin 'clone' is not loaded (MySQL error 1524, SQLSTATE HY000)",
    )
    expect(error.details).toEqual({ errno: 1524, sqlState: 'HY000', driverCode: 'ER_X' })
    expect(error.hint).toContain('INSTALL PLUGIN')
  })

  it('carries neither the statement nor what a syntax error quotes of it', () => {
    const error = fromDriverError(syntaxError(), 'CLONE INSTANCE')
    const everything = [
      JSON.stringify(error),
      error.message,
      error.stack,
      JSON.stringify(error.cause),
      error.hint,
    ].join('\n')
    expect(everything).not.toContain(secret)
    expect(everything).not.toContain('IDENTIFIED')
    expect(error.cause).toBeUndefined()
  })

  it.each([
    ['ECONNREFUSED', 'Is the server running there?'],
    ['ENOENT', 'Is the server running there?'],
    ['ENOTFOUND', 'Is the server running there?'],
    ['HANDSHAKE_NO_SSL_SUPPORT', '--ssl-mode=DISABLED'],
  ])('gives a hint for %s', (code, hint) => {
    const error = fromDriverError({ code, errno: -111, message: `connect ${code}` }, 'connecting')
    expect(error.hint).toContain(hint)
    expect(error.details).toEqual({ driverCode: code })
    expect(error.message).toBe(`connecting: connect ${code}`)
  })

  it('points to the password when access is denied', () => {
    const error = fromDriverError({ errno: 1045, message: 'Access denied' }, 'connecting')
    expect(error.hint).toContain('password')
  })

  it('says something for an error without a message', () => {
    const refused = Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' })
    expect(fromDriverError(refused, 'connecting').message).toBe('connecting: ECONNREFUSED')
    expect(fromDriverError('strange', 'connecting').message).toContain('unknown driver error')
  })
})

describe('isConnectionLost', () => {
  it.each([
    [{ code: 'PROTOCOL_CONNECTION_LOST', message: 'x' }, true],
    [{ code: 'ECONNRESET', message: 'x' }, true],
    [{ fatal: true, message: "Can't add new command when connection is in closed state" }, true],
    [{ errno: 1053, message: 'Server shutdown in progress' }, true],
    [{ errno: 1317, message: 'Query execution was interrupted' }, false],
    [{ code: 'ECONNREFUSED', message: 'x' }, false],
  ])('judges %o', (cause, expected) => {
    expect(isConnectionLost(fromDriverError(cause, 'x'))).toBe(expected)
  })

  it('is false for other errors', () => {
    expect(isConnectionLost(new Error('x'))).toBe(false)
    expect(serverErrno(new Error('x'))).toBeUndefined()
  })
})
