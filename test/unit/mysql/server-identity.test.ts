import { describe, expect, it } from 'vitest'
import { flavourOf, readIdentity } from '../../../src/mysql/server-identity.ts'
import { scriptedSession } from './scripted-session.ts'

describe('flavourOf', () => {
  it.each([
    ['GreatSQL, Release 26, Revision 444164cca23', 'GreatSQL'],
    ['Percona Server (GPL), Release 34, Revision x', 'Percona'],
    ['(Debian)', 'MySQL'],
    ['MySQL Community Server - GPL', 'MySQL'],
    ['', 'MySQL'],
  ])('takes "%s" for %s', (comment, flavour) => {
    expect(flavourOf(comment)).toBe(flavour)
  })
})

describe('readIdentity', () => {
  it('refuses a server that does not know its UUID', async () => {
    const session = scriptedSession({
      sql: /server_uuid/u,
      rows: [{ serverUuid: '', version: '5' }],
    })
    await expect(readIdentity(session)).rejects.toMatchObject({ code: 'SERVER' })
  })
})
