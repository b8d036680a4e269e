import { expect, it } from 'vitest'
import { measuringReporter } from '../../../src/restore/measured-restore.ts'
import { startStopwatch } from '../../../src/restore/stopwatch.ts'
import { recordingReporter } from '../../fakes/recording-reporter.ts'

it('measures the steps of a restore, and passes them on', () => {
  let now = 1000
  const after = (ms: number): void => void (now += ms)
  const stopwatch = startStopwatch(() => now)
  const recorded = recordingReporter()
  const reporter = measuringReporter(recorded, stopwatch)
  after(5)
  reporter.step('stage', { chain: 'a ==> b' })
  after(100)
  reporter.step('apply 1')
  after(10.4)
  reporter.progress('stage 2').end()
  after(200)
  reporter.step('apply 2')
  after(20)
  reporter.progress('apply').end()
  reporter.step('start')
  after(1)
  reporter.step('replay')
  after(2)
  reporter.step('publish')
  after(3)
  stopwatch.pause()
  after(1000)
  stopwatch.pause()
  expect(stopwatch.steps()).toEqual([
    { step: 'stage', durationMs: 300 },
    { step: 'apply', durationMs: 30 },
    { step: 'replay', durationMs: 3 },
    { step: 'publish', durationMs: 3 },
  ])
  expect(stopwatch.elapsedMs()).toBe(1341)
  expect(recorded.lines.filter((line) => line.startsWith('step'))).toHaveLength(6)
})
