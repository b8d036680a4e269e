// A replay killed at a random moment, clonectl or its mysqld: the same command again ends with the same result as if
// nothing had happened. CLONECTL_KILLS=20 makes 20 trials of each, most of them with two deaths; without it one of each
// is made.
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeServer } from '../bed/describe-server.ts'
import type { Instance } from '../bed/instance.ts'
import { startBusyDonor } from './support/busy-donor.ts'
import { processesNaming } from './support/processes.ts'
import { discard, makeScene, type Scene } from './support/scene.ts'
import { stateOf, type ServerState } from './support/server-state.ts'

const trials = Number(process.env['CLONECTL_KILLS'] ?? 1)
const deaths = trials > 1 ? 2 : 1
/** From a little after the start of the private mysqld to a little before the end. */
const longestMs = 7000

let scene: Scene
let donor: Instance
let good: ServerState

/** Runs the recovery until it ends well, killing what is named after a random time, once or twice. */
const restoreThrough = async (target: string, victim: 'clonectl' | 'mysqld'): Promise<string[]> => {
  const story: string[] = []
  for (let attempt = 1; attempt <= 5; attempt += 1) {
    const running = scene.start('restore', '--json', '--latest', '--target-dir', target)
    if (attempt <= deaths) {
      const delay = 1500 + Math.random() * (longestMs - 1500)
      await Promise.race([sleep(delay), running.ended])
      if (victim === 'clonectl') running.child.kill('SIGKILL')
      else
        for (const { pid } of processesNaming(`--datadir=${target}.clonectl-stage`))
          process.kill(pid, 'SIGKILL')
    }
    const run = await running.ended
    const goesOn = run.stderr.includes('going on with the replay')
    story.push(`${String(run.code)}${goesOn ? ' resumed' : ''}`)
    if (run.code === 0) return story
  }
  throw new Error(`it never ended well: ${story.join(', ')}`)
}

describeServer('a replay', () => {
  beforeAll(async () => {
    scene = await makeScene()
    donor = await scene.server('donor', ['max_binlog_size=256K'])
    await scene.useDonor(donor)
    const busy = await startBusyDonor(donor)
    await scene.backup('full', '--pull-binlogs')
    await sleep(8000)
    await busy.stop()
    await scene.run('binlog', 'pull')
    good = await stateOf(donor)
    await donor.stop()
  })

  afterAll(() => scene[Symbol.asyncDispose]())

  const cases = Array.from({ length: trials }, (_, n) => [
    ['clonectl', n] as const,
    ['mysqld', n] as const,
  ]).flat()

  it.each(cases)('survives the death of %s (%i)', async (victim, number) => {
    const target = scene.path(`target-${victim}-${number}`)
    const story = await restoreThrough(target, victim)
    const server = await scene.serverOn(target)
    expect(await stateOf(server), story.join(', ')).toEqual(good)
    await server.kill()
    expect(processesNaming(target)).toEqual([])
    await discard(target)
    await discard(`${target}.clonectl-stage.log`)
  })
})
