// Killed while clearing up: what another dead run left, or its own work after Ctrl-C.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { describeServer } from '../bed/describe-server.ts'
import {
  copyRepository,
  dieAndGoOn,
  makeDeathScene,
  type DeathScene,
} from './support/backup-death.ts'
import { deathsAt, killAt, pointsOf, runToDeath, type KillOrder } from './support/killing.ts'

/** From the dead run's lock to its directory. */
const pointsOfClearing = [
  'link lock.takeover',
  'rm lock.takeover.tmp',
  'rename lock',
  'rm lock.takeover',
  'rm lock.tmp',
  'rename trash/ID-incr',
]

const pointsOfGivingUp = [
  'journal discard',
  'rm data',
  'rm staging',
  'rm pagemap',
  'rename trash/ID-incr',
  'rm lock',
]

let at: DeathScene

describeServer('incr, killed while it clears', () => {
  beforeAll(async () => {
    at = await makeDeathScene()
  })

  afterAll(() => at[Symbol.asyncDispose]())

  describe('what another dead run left', () => {
    const haunted = () => at.scene.path('haunted')

    beforeAll(async () => {
      await copyRepository(at.base, haunted())
      await runToDeath(
        at.scene,
        ['incr', '--repo', haunted()],
        [killAt('journal confirm', 'after')],
      )
    })

    beforeEach(() => copyRepository(haunted(), at.repo))

    it('passes these points', async () => {
      const passed = await pointsOf(at.scene, ['incr', '--repo', at.repo])
      expect(passed.slice(0, 8)).toEqual(['link lock', ...pointsOfClearing, 'mkdir ID-incr'])
    })

    it.each(deathsAt(pointsOfClearing))('%s: %s', async (point, when) => {
      await dieAndGoOn(at, { command: 'incr', orders: [killAt(point, when)] })
    })
  })

  describe('its own work after Ctrl-C', () => {
    const cancel: KillOrder = { point: 'journal compare', when: 'after', signal: 'SIGINT' }

    beforeEach(() => copyRepository(at.base, at.repo))

    it('passes these points', async () => {
      const passed = await pointsOf(at.scene, ['incr', '--repo', at.repo], [cancel])
      expect(passed.slice(passed.indexOf('journal compare') + 1)).toEqual(pointsOfGivingUp)
    })

    it.each(deathsAt(pointsOfGivingUp))('%s: %s', async (point, when) => {
      await dieAndGoOn(at, { command: 'incr', orders: [cancel, killAt(point, when)] })
    })
  })
})
