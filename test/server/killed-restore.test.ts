// A restore killed with SIGKILL just before and just after everything that says how far it is: the
// target is not there or whole, the repository is untouched, and the next restore into the same
// target works, with nothing left of the dead one beside it, no mysqld either.
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { describeServer } from '../bed/describe-server.ts'
import {
  deathsAt,
  killAt,
  type KillOrder,
  pointsOf,
  runToDeath,
  startWithOrders,
} from './support/killing.ts'
import { namesIn } from './support/repository-look.ts'
import {
  dieAndRestore,
  expectRepositoryUntouched,
  makeRestoreScene,
  programsOn,
  restoreAgain,
  type RestoreScene,
} from './support/restore-death.ts'
import { type ClonectlRun, documentOf, type RunningClonectl } from './support/run-clonectl.ts'
import { runHere } from './support/run-here.ts'
import { discard } from './support/scene.ts'

const stagingPoints = [
  'mkdir target.clonectl-stage',
  'journal begin',
  'mkdir data',
  'journal stage',
]
const replayPoints = [
  'journal start',
  'journal mysqld',
  'rename replay.json',
  'journal replay',
  'mkdir relay',
  'link relay-clonectl.000001',
]
/** mysqld is started just before it is noted, and stopped before the last step. */
const livePoints = replayPoints.slice(1)
const publishingPoints = ['journal publish', 'rename target', 'rm target.clonectl-stage']

const isPublishedAt = ({ point, when }: KillOrder): boolean =>
  point.startsWith('rm ') || (point === 'rename target' && when === 'after')

let at: RestoreScene

const start = (orders: readonly KillOrder[] = []): RunningClonectl =>
  startWithOrders(at.scene, ['restore', ...at.slow.args, '--target-dir', at.target], orders)

/** Starts the recovery whose replay takes seconds, and returns in the midst of it. */
const startAndReplay = async (orders: readonly KillOrder[] = []): Promise<RunningClonectl> => {
  const running = start(orders)
  const isReplaying = async () => (await namesIn(at.stage)).includes('relay')
  await vi.waitUntil(isReplaying, { timeout: 60_000 })
  await vi.waitUntil(() => programsOn(at).includes('mysqld'))
  await sleep(500)
  return running
}

/** A cancelled restore leaves nothing, says so, and ends with the exit code for it. */
const expectCleared = async (run: ClonectlRun): Promise<void> => {
  expect(run.code).toBe(130)
  expect(run.stderr).toContain(`removed the stage ${at.stage}`)
  expect(run.stderr).toMatch(/^error: CANCELLED cancelled by SIG(?:TERM|INT)$/m)
  expect(run.stderr).toMatch(/^restore end: cancelled/m)
  expect(programsOn(at)).toEqual([])
  expect(await namesIn(at.place)).toEqual([])
  expect(await namesIn(at.scene.tmp)).toEqual([])
  await expectRepositoryUntouched(at)
}

describeServer('a restore', () => {
  beforeAll(async () => {
    at = await makeRestoreScene()
  })

  beforeEach(() => discard(at.target))
  afterAll(() => at[Symbol.asyncDispose]())

  describe('--latest, killed', () => {
    const points = [...stagingPoints, ...publishingPoints]
    const die = (order: KillOrder) =>
      dieAndRestore(at, {
        wish: at.latest,
        orders: [order],
        published: isPublishedAt(order),
        orphans: [],
      })

    it('passes these points', async () => {
      const args = ['restore', ...at.latest.args, '--target-dir', at.target]
      expect(await pointsOf(at.scene, args)).toEqual(points)
    })

    it.each(deathsAt(points))('%s: %s', (point, when) => die(killAt(point, when)))

    it('rm target.clonectl-stage: half done', () =>
      die(killAt('rm target.clonectl-stage', 'within')))
  })

  describe('--to-time, killed', () => {
    const points = [...stagingPoints, ...replayPoints, ...publishingPoints]
    const die = (order: KillOrder) =>
      dieAndRestore(at, {
        wish: at.later,
        // Whether the replay begins anew is no question yet.
        then: stagingPoints.includes(order.point) ? at.latest : at.later,
        orders: [order],
        published: isPublishedAt(order),
        orphans: livePoints.includes(order.point) ? ['mysqld'] : [],
      })

    it('passes these points', async () => {
      const args = ['restore', ...at.later.args, '--target-dir', at.target]
      expect(await pointsOf(at.scene, args)).toEqual(points)
    })

    // Between the journal's step and these nothing happens that a later run would look at.
    const telling = points.filter((point) => !point.includes('relay'))
    it.each(deathsAt(telling))('%s: %s', (point, when) => die(killAt(point, when)))

    it('in the midst of a replay', async () => {
      const running = await startAndReplay()
      running.child.kill('SIGKILL')
      await running.ended
      expect(programsOn(at)).toEqual(['mysqld'])
      await restoreAgain(at, at.latest)
      await at.latest.expectWhole(at.target)
    })

    it('in the midst of a replay, and gone on with', async () => {
      const running = await startAndReplay()
      running.child.kill('SIGKILL')
      await running.ended
      await restoreAgain(at, at.slow)
      await at.slow.expectWhole(at.target)
    })

    it('beyond the next target: begun anew', async () => {
      const args = ['restore', '--json', '--target-dir', at.target]
      await runToDeath(at.scene, [...args, ...at.slow.args], [killAt('journal publish', 'before')])
      const run = await runHere(at.scene, ...args, ...at.later.args)
      expect(documentOf(run)).toMatchObject({ gtidExecuted: at.later.gtid })
      expect(run.stderr).toContain('holds transactions that do not belong to the target')
      await at.later.expectWhole(at.target)
    })
  })

  describe('cancelled', () => {
    it.each(['SIGTERM', 'SIGINT'] as const)('by %s in the midst of a replay', async (signal) => {
      const running = await startAndReplay()
      running.child.kill(signal)
      await expectCleared(await running.ended)
    })

    it.each(['journal stage', 'journal start', 'journal mysqld'])(
      'by SIGTERM after %s',
      async (point) => {
        await expectCleared(await start([{ point, when: 'after', signal: 'SIGTERM' }]).ended)
      },
    )

    it('by a second SIGINT at once, and the next run clears up', async () => {
      // Two signals sent together may arrive as one.
      const second: KillOrder = { point: 'journal discard', when: 'before', signal: 'SIGINT' }
      const running = await startAndReplay([second])
      running.child.kill('SIGINT')
      const run = await running.ended
      expect(run.code).toBe(130)
      expect(run.stderr).toContain('stopped at once; the next run clears up what this one left')
      expect(await namesIn(at.place)).toEqual(['target.clonectl-stage'])
      await restoreAgain(at, at.latest)
    })

    it.each(['before', 'within', 'after'] as const)(
      'and killed while it removes the stage: %s',
      async (when) => {
        const cancel: KillOrder = { point: 'journal stage', when: 'after', signal: 'SIGTERM' }
        await dieAndRestore(at, {
          wish: at.latest,
          orders: [cancel, killAt('rm target.clonectl-stage', when)],
          published: false,
          orphans: [],
        })
      },
    )
  })
})
