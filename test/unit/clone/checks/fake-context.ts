// A server that is a table of answers, for checks whose trouble a test cannot provoke for real.
import type { CheckContext } from '../../../../src/clone/check.ts'
import type { Server } from '../../../../src/clone/donor.ts'
import type { Row, Session } from '../../../../src/mysql/session.ts'

/** Answers each statement with the rows of the first pattern that it matches; none otherwise. */
export const fakeSession = (answers: readonly (readonly [RegExp, readonly Row[]])[]): Session => {
  const rowsFor = (sql: string): readonly Row[] =>
    answers.find(([pattern]) => pattern.test(sql))?.[1] ?? []
  return {
    connectionId: 7,
    query: async (sql) => rowsFor(sql),
    value: async (sql) => Object.values(rowsFor(sql)[0] ?? {})[0] ?? null,
    close: async () => undefined,
    [Symbol.asyncDispose]: async () => undefined,
  }
}

const server: Server = {
  session: fakeSession([]),
  identity: {
    serverUuid: '8a94f357-aab4-11df-86ab-c80aa9429562',
    version: '9.7.4',
    versionComment: '(Debian)',
    flavour: 'MySQL',
    hostname: 'db1',
    datadir: '/var/lib/mysql/',
  },
  capabilities: {
    clonePlugin: true,
    mysqlbackupComponent: true,
    incrementalClone: false,
    sharpCheckpoint: true,
    privileges: new Set(['ALL PRIVILEGES']),
  },
}

/** A server that clones itself; another one fetches the data when `recipient` is given. */
export const fakeContext = (changes: Partial<CheckContext> = {}): CheckContext => {
  const { session = server.session, identity = server.identity } = changes
  const { capabilities = server.capabilities } = changes
  return {
    ...server,
    recipient: { session, identity, capabilities },
    donorAddress: undefined,
    engine: 'mysql',
    compression: undefined,
    repository: '/backup/repository',
    pageTrack: true,
    ...changes,
  }
}
