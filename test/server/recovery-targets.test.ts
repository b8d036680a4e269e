// Every kind of target on a donor that was changed by several clients at once, tables made and dropped among it: what
// comes back is what the donor held at that moment, to the transaction. CLONECTL_TARGETS=20 tries 20 moments
// with every kind of target; without it each of four moments is tried with one.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { setTimeout as sleep } from 'node:timers/promises'
import { describeServer } from '../bed/describe-server.ts'
import type { Instance } from '../bed/instance.ts'
import { type BusyMoment, commitTimes, startBusyDonor } from './support/busy-donor.ts'
import { makeScene, discard, type Scene } from './support/scene.ts'
import { stateOf } from './support/server-state.ts'

const wanted = Number(process.env['CLONECTL_TARGETS'] ?? 0)
const momentCount = wanted || 4
const kinds = ['time', 'gtid', 'before-gtid', 'position'] as const
const cases = Array.from({ length: momentCount }, (_, moment) =>
  (wanted ? kinds : [kinds[moment % kinds.length] ?? 'time']).map(
    (kind) => [moment, kind] as const,
  ),
).flat()

let scene: Scene
let donor: Instance
let moments: readonly BusyMoment[]
let times: ReadonlyMap<string, bigint>

const micros = (instant: bigint): string =>
  new Date(Number(instant / 1000n))
    .toISOString()
    .replace('Z', `${String(instant % 1000n).padStart(3, '0')}Z`)

const nextOf = (gtid: string): string =>
  gtid.replace(/\d+$/u, (number) => String(Number(number) + 1))

const timeOf = (gtid: string): bigint => {
  const found = times.get(gtid)
  if (found === undefined) throw new Error(`mysqlbinlog does not tell of ${gtid}`)
  return found
}

/** At the last commit, just before the next, or anywhere between. */
const timeIn = ({ lastGtid }: BusyMoment): string => {
  const [from, to] = [timeOf(lastGtid), timeOf(nextOf(lastGtid)) - 1n]
  const between = from + BigInt(Math.floor(Math.random() * Number(to - from)))
  return micros([from, to, between][Math.floor(Math.random() * 3)] ?? from)
}

const targetOf = (moment: BusyMoment, kind: (typeof kinds)[number]): readonly string[] => {
  if (kind === 'time') return ['--to-time', timeIn(moment)]
  if (kind === 'gtid') return ['--to-gtid', moment.lastGtid]
  if (kind === 'before-gtid') return ['--before-gtid', nextOf(moment.lastGtid)]
  return ['--to-position', `${moment.file}:${moment.position}`]
}

describeServer('a recovery from a busy donor', () => {
  beforeAll(async () => {
    scene = await makeScene()
    donor = await scene.server('donor', ['max_binlog_size=64K'])
    await scene.useDonor(donor)
    const busy = await startBusyDonor(donor)
    await scene.backup('full')
    const noted: BusyMoment[] = []
    for (let number = 0; number < momentCount; number += 1) {
      await sleep(Math.random() * 300)
      noted.push(await busy.note())
      if (number === Math.floor(momentCount / 2)) await scene.backup('incr')
    }
    await sleep(200)
    await busy.stop()
    moments = noted
    times = await commitTimes(donor)
  })

  afterAll(() => scene[Symbol.asyncDispose]())

  it.each(cases)('brings moment %i back by %s', async (number, kind) => {
    const moment = moments[number]
    if (moment === undefined) throw new Error('no such moment')
    const target = scene.path(`moment-${number}-${kind}`)
    const options = targetOf(moment, kind)
    const { gtidExecuted } = await scene.restore(
      ...[...options, '--binlog-dir', donor.datadir, '--target-dir', target],
    )
    expect(gtidExecuted, options.join(' ')).toBe(moment.state.gtid)
    const server = await scene.serverOn(target)
    expect(await stateOf(server), options.join(' ')).toEqual(moment.state)
    await server.kill()
    await discard(target)
  })
})
