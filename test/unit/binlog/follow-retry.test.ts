import { expect, it } from 'vitest'
import { newRetry } from '../../../src/binlog/follow-retry.ts'
import { ClonectlError } from '../../../src/errors.ts'
import { systemClock } from '../../../src/system/clock.ts'
import { recordingReporter } from '../../fakes/recording-reporter.ts'

const away = new ClonectlError('SERVER', 'gone', { details: { driverCode: 'ECONNREFUSED' } })
const failed = new ClonectlError('PROCESS', 'mysqlbinlog ended')

const follower = () => {
  const reporter = recordingReporter()
  const retry = newRetry({
    ...{ reporter, clock: systemClock, command: 'test' },
    signal: AbortSignal.abort(),
    findTool: () => Promise.reject(new Error('not needed')),
  })
  const seconds = () => reporter.lines.map((line) => Number(/ in (\d+) s$/u.exec(line)?.[1]))
  return { retry, seconds }
}

it('waits longer each time for a server that is away, up to a minute', async () => {
  const { retry, seconds } = follower()
  for (let time = 0; time < 8; time += 1) await retry.wait(away)
  expect(seconds()).toEqual([1, 2, 4, 8, 16, 32, 60, 60])
  retry.progressed()
  await retry.wait(failed)
  expect(seconds().at(-1)).toBe(1)
})

it('gives up on a mysqlbinlog that fails again and again, and at once on what is refused', async () => {
  const { retry } = follower()
  const denied = new ClonectlError('SERVER', 'denied', { details: { errno: 1045 } })
  await expect(retry.wait(denied)).rejects.toBe(denied)
  const gap = new ClonectlError('BINLOG_GAP', 'begun anew')
  await expect(retry.wait(gap)).rejects.toBe(gap)
  for (let time = 0; time < 5; time += 1) await retry.wait(failed)
  await expect(retry.wait(failed)).rejects.toBe(failed)
})
