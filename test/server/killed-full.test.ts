// A full killed with SIGKILL just before and just after everything that says how far it is: no
// sealed backup is ever wrong, the repository can be read, and the next run works and tells what it
// cleaned.
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { describeServer } from '../bed/describe-server.ts'
import { dieAndGoOn, makeDeathScene, type DeathScene } from './support/backup-death.ts'
import { deathsAt, isSealedAt, killAt, pointsOf } from './support/killing.ts'
import { discard } from './support/scene.ts'

const points = [
  'rename repository.json',
  'link lock',
  'rm lock.tmp',
  'mkdir ID-full',
  'journal begin',
  'journal clone',
  'journal confirm',
  'journal hash',
  'rename server.json',
  'journal seal',
  'rename manifest.json',
  'rm lock',
]

let at: DeathScene

describeServer('full, which makes the repository, killed', () => {
  beforeAll(async () => {
    at = await makeDeathScene()
  })

  beforeEach(() => discard(at.repo))
  afterAll(() => at[Symbol.asyncDispose]())

  it('passes these points', async () => {
    expect(await pointsOf(at.scene, ['full', '--repo', at.repo])).toEqual(points)
  })

  it.each(deathsAt(points))('%s: %s', async (point, when) => {
    const order = killAt(point, when)
    await dieAndGoOn(at, { command: 'full', orders: [order], seals: isSealedAt(points, order) })
  })
})
