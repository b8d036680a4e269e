// Runs all checks against a real server, for the tests of each.
import { expect } from 'vitest'
import type { CheckContext, CheckResult } from '../../src/clone/check.ts'
import { allChecks, runChecks } from '../../src/clone/checks.ts'
import { openSession } from '../../src/mysql/session.ts'
import type { Instance } from '../bed/instance.ts'
import { sceneOf } from '../fakes/server-scene.ts'

export type Results = ReadonlyMap<string, CheckResult>

export interface Wish {
  readonly user?: string
  readonly pageTrack?: boolean
  readonly repository: string | undefined
  readonly change?: (context: CheckContext) => CheckContext
}

/** Runs all checks with a fresh session and fresh capabilities, as each command does. */
export const checkServer = async (server: Instance, wish: Wish): Promise<Results> => {
  const { user = 'root', pageTrack = true, repository, change = (context) => context } = wish
  await using session = await openSession({ socket: server.socket, user })
  const context = await sceneOf(session, { repository, pageTrack })
  const results = await runChecks(allChecks, change(context))
  expect(results.map(({ name }) => name)).toEqual(allChecks.map(({ name }) => name))
  return new Map(results.map((result) => [result.name, result]))
}

/** Names of the checks that are not ok, in their order. */
export const troublesOf = (results: Results): readonly string[] =>
  [...results.values()].filter(({ state }) => state !== 'ok').map(({ name }) => name)
