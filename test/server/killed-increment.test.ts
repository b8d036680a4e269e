// An increment killed with SIGKILL just before and just after everything that says how far it is:
// its base stays whole, and the next increment works.
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { describeServer } from '../bed/describe-server.ts'
import {
  copyRepository,
  dieAndGoOn,
  makeDeathScene,
  type DeathScene,
} from './support/backup-death.ts'
import { deathsAt, isSealedAt, killAt, pointsOf } from './support/killing.ts'

const points = [
  'link lock',
  'rm lock.tmp',
  'mkdir ID-incr',
  'journal begin',
  'journal clone',
  'journal confirm',
  'journal compare',
  'journal keep',
  'keep a file',
  'rm staging',
  'rename server.json',
  'journal seal',
  'rename manifest.json',
  'rm lock',
]

let at: DeathScene

describeServer('incr, killed', () => {
  beforeAll(async () => {
    at = await makeDeathScene()
  })

  beforeEach(() => copyRepository(at.base, at.repo))
  afterAll(() => at[Symbol.asyncDispose]())

  it('passes these points', async () => {
    expect(await pointsOf(at.scene, ['incr', '--repo', at.repo])).toEqual(points)
  })

  it.each(deathsAt(points))('%s: %s', async (point, when) => {
    const order = killAt(point, when)
    await dieAndGoOn(at, { command: 'incr', orders: [order], seals: isSealedAt(points, order) })
  })

  it('rm staging: half done', async () => {
    await dieAndGoOn(at, { command: 'incr', orders: [killAt('rm staging', 'within')] })
  })
})
