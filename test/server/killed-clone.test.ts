// A backup that dies or is cancelled while the server is at work for it: a CLONE goes on when its
// client is gone, so somebody has to end it.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Connection } from 'mysql2/promise'
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { describeServer } from '../bed/describe-server.ts'
import { connect, runSql } from '../bed/sql.ts'
import {
  clonesAtWork,
  expectListed,
  goOn,
  makeDeathScene,
  type DeathScene,
} from './support/backup-death.ts'
import { startWithOrders, type KillOrder } from './support/killing.ts'
import { lookAt, namesIn } from './support/repository-look.ts'
import type { ClonectlRun, RunningClonectl } from './support/run-clonectl.ts'
import { discard } from './support/scene.ts'

const copying = `SELECT data FROM performance_schema.clone_progress
  WHERE stage = 'FILE COPY' AND state = 'In Progress' AND data > 0`

/** Bounds the speed of CLONE in MiB a second, of local ones too; 0 is without bound. */
const throttle = (speed: number) =>
  runSql(watcher, `SET GLOBAL clone_max_data_bandwidth = ${speed}`)

let at: DeathScene
let watcher: Connection

const start = (orders: readonly KillOrder[] = []): RunningClonectl =>
  startWithOrders(at.scene, ['full', '--repo', at.repo], orders)

/** Starts a full and returns while the server copies files, which then takes over half a minute. */
const startAndClone = async (): Promise<RunningClonectl> => {
  await throttle(4)
  const running = start()
  const options = { timeout: 60_000, interval: 10 }
  await vi.waitUntil(async () => (await runSql(watcher, copying)).length > 0, options)
  return running
}

/** A cancelled backup frees what it took, and says where it left its journal. */
const expectCleared = async (run: ClonectlRun, steps: readonly string[]): Promise<void> => {
  expect(run.code).toBe(130)
  expect(run.stderr).toMatch(/^error: CANCELLED cancelled by SIG(?:TERM|INT)$/m)
  expect(run.stderr).toMatch(/^full end: cancelled/m)
  expect(await runSql(watcher, clonesAtWork)).toEqual([])
  const { trash, ...others } = await lookAt(at.repo)
  expect(others).toEqual({
    sealed: [],
    unsealed: [],
    lockPid: undefined,
    temporary: [],
    others: [],
  })
  const [id = '', ...more] = trash
  expect(more).toEqual([])
  expect(run.stderr).toContain(`removed the unfinished ${id}, its journal is in the trash`)
  const discarded = join(at.repo, 'trash', id)
  expect(await namesIn(discarded)).toEqual(['run.json'])
  const journal = JSON.parse(await readFile(join(discarded, 'run.json'), 'utf8')) as {
    readonly steps: readonly { readonly step: string }[]
  }
  expect(journal.steps.map(({ step }) => step)).toEqual([...steps, 'discard'])
  await expectListed(at)
}

describeServer('a full of a server that takes its time', () => {
  beforeAll(async () => {
    at = await makeDeathScene()
    watcher = await connect(at.donor)
    await runSql(
      watcher,
      `SET GLOBAL clone_max_concurrency = 1;
       CREATE TABLE shop.large (id INT) AUTOEXTEND_SIZE = 256M`,
    )
  })

  beforeEach(async () => {
    await throttle(0)
    await discard(at.repo)
  })

  afterAll(async () => {
    watcher.destroy()
    await at[Symbol.asyncDispose]()
  })

  it('killed in the midst of the clone: the next run ends the clone', async () => {
    const running = await startAndClone()
    running.child.kill('SIGKILL')
    await running.ended
    const [clone, statement] = await runSql(watcher, clonesAtWork)
    expect(clone).toEqual(['In Progress'])
    expect(statement?.[1]).toContain(`CLONE LOCAL DATA DIRECTORY = '${at.repo}/`)
    const next = goOn(at, 'full')
    await vi.waitUntil(
      async () => (await runSql(watcher, clonesAtWork))[1]?.[0] !== statement?.[0],
      { timeout: 60_000 },
    )
    await throttle(0)
    expect(await next).toContain(
      `ending the clone a dead run left on the server (session ${statement?.[0]})`,
    )
  })

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'cancelled by %s in the midst of the clone',
    async (signal) => {
      const running = await startAndClone()
      running.child.kill(signal)
      await expectCleared(await running.ended, ['begin', 'clone'])
    },
  )

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'cancelled by %s in the midst of hashing',
    async (signal) => {
      const { ended } = start([{ point: 'journal hash', when: 'after', signal }])
      await expectCleared(await ended, ['begin', 'clone', 'confirm', 'hash'])
    },
  )

  it('stopped at once by a second SIGINT: the next run clears up', async () => {
    const { ended } = start([
      { point: 'journal hash', when: 'after', signal: 'SIGINT' },
      { point: 'journal discard', when: 'after', signal: 'SIGINT' },
    ])
    const run = await ended
    expect(run.code).toBe(130)
    expect(run.stderr).toContain('stopped at once; the next run clears up what this one left')
    expect(await lookAt(at.repo)).toMatchObject({ sealed: [], unsealed: [expect.any(String)] })
    await goOn(at, 'full')
  })
})
