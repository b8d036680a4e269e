// Archived binlogs as a replay reads and copies them, plain and compressed.
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { readArchive } from '../../../src/binlog/read-archive.ts'
import { eventType } from '../../../src/mysql/binlog-event.ts'
import { normaliseGtidSet } from '../../../src/mysql/gtid-set.ts'
import { logOfMember } from '../../../src/restore/replay/archive-log.ts'
import { findReplay } from '../../../src/restore/replay/find-replay.ts'
import { stretchBytes } from '../../../src/restore/replay/log-stretch.ts'
import { placeLogs } from '../../../src/restore/replay/place-logs.ts'
import type { RecoveryTarget } from '../../../src/restore/target.ts'
import { serverUuid as a } from '../../fakes/binlog-facts.ts'
import { bytesOf, endsOf, type MadeBinlog, T0, transaction } from '../../fakes/made-binlogs.ts'
import { recordingReporter } from '../../fakes/recording-reporter.ts'
import { SELF } from '../../fakes/restore-context.ts'
import { sealFile } from '../binlog/archive-fixture.ts'
import { failureOf } from '../system/failure-of.ts'
import { useScratchDir } from '../system/scratch-dir.ts'

const scratch = useScratchDir()
const signal = new AbortController().signal

const nameOf = (sequence: number): string => `binlog.${String(sequence).padStart(6, '0')}`

/** Three transactions in each of three files; one is large enough to be compressed in parts. */
const binlogs = [1, 2, 3].map((sequence): MadeBinlog => {
  const before = (sequence - 1) * 3
  const numbers = [1, 2, 3].map((number) => before + number)
  const events = [{ type: eventType.writeRows, body: Buffer.alloc(200_000, 'row') }]
  return {
    name: nameOf(sequence),
    previousGtids: before === 0 ? '' : `${a}:1-${before}`,
    transactions: numbers.map((number) =>
      number === 5 ? { ...transaction(number), events } : transaction(number),
    ),
    ...(sequence < 3 && { next: nameOf(sequence + 1) }),
  }
})

/** The archive, whose last file is open, and cut off within its last transaction. */
const archived = async (kind: string) => {
  const directory = scratch(kind)
  mkdirSync(join(directory, 'tail'), { recursive: true })
  for (const binlog of binlogs.slice(0, 2))
    await sealFile(directory, binlog.name, bytesOf(binlog), { compressed: kind === 'compressed' })
  writeFileSync(join(directory, 'tail', nameOf(3)), bytesOf(binlogs[2]!).subarray(0, -10))
  return readArchive({ serverUuid: a, endedAt: null, directory })
}

const state = { file: nameOf(1), position: 0, gtidExecuted: `${a}:1` }
beforeEach(() => {
  state.position = endsOf(binlogs[0]!)[1] ?? 0
})

const find = async (kind: string, target: RecoveryTarget) => {
  const { members } = await archived(kind)
  const logs = members.map((member) => logOfMember(member, false))
  return findReplay([{ logs, startPosition: state.position }], target, state)
}

const kinds = ['plain', 'compressed']

describe.each(kinds)('a %s archive', (kind) => {
  it.each<[RecoveryTarget, number, number]>([
    [{ kind: 'end' }, 7, endsOf(binlogs[2]!)[2] ?? 0],
    [{ kind: 'gtid', gtids: `${a}:5` }, 4, endsOf(binlogs[1]!)[2] ?? 0],
    [{ kind: 'before-gtid', gtid: `${a}:4` }, 2, endsOf(binlogs[0]!)[3] ?? 0],
    [{ kind: 'time', time: new Date(T0 + 6000) }, 5, endsOf(binlogs[1]!)[3] ?? 0],
    [
      { kind: 'position', file: nameOf(2), position: endsOf(binlogs[1]!)[1] ?? 0 },
      3,
      endsOf(binlogs[1]!)[1] ?? 0,
    ],
  ])('leads to %j', async (target, transactions, endPosition) => {
    const { range, shortfall } = await find(kind, target)
    expect(shortfall).toBeUndefined()
    expect(range).toMatchObject({ transactions, endPosition })
    expect(normaliseGtidSet(range.gtids)).toBe(`${a}:2-${transactions + 1}`)
  })

  it('gives the very bytes, cut where the target is, in files of their own', async () => {
    const { range } = await find(kind, { kind: 'end' })
    const progress = recordingReporter().progress('place', 1)
    const directory = scratch('stage')
    const request = { directory, range, owner: SELF, progress, signal }
    const { logs, startPosition, endPosition } = await placeLogs(request)
    expect(logs.map(({ path }) => path)).toEqual(
      [1, 2, 3].map((number) => join(directory, `${number}-${nameOf(number)}`)),
    )
    const [first, second, third] = logs.map(({ path }) => readFileSync(path))
    expect(first?.equals(bytesOf(binlogs[0]!))).toBe(true)
    expect(second?.equals(bytesOf(binlogs[1]!))).toBe(true)
    expect(third?.equals(bytesOf(binlogs[2]!).subarray(0, endPosition))).toBe(true)
    expect([startPosition, endPosition]).toEqual([state.position, endsOf(binlogs[2]!)[2]])
    const sizes = logs.reduce((sum, { path }) => sum + statSync(path).size, 0)
    expect(stretchBytes({ logs, startPosition, endPosition })).toBe(sizes - startPosition)
  })

  it('refuses to give a file that is not what was sealed', async () => {
    const { members } = await archived(kind)
    const log = logOfMember(members[0]!, false)
    const changed = bytesOf({ ...binlogs[0]!, transactions: [1, 2, 4].map((n) => transaction(n)) })
    await sealFile(scratch(kind), nameOf(1), changed, { compressed: kind === 'compressed' })
    expect(await failureOf(log.copyTo(scratch('copy'), signal))).toMatchObject({
      code: 'INTEGRITY',
      message: expect.stringContaining(`${log.path} holds a binlog with sha256`) as string,
    })
  })

  it('refuses to read a file that is damaged', async () => {
    const { members } = await archived(kind)
    const log = logOfMember(members[1]!, false)
    const bytes = readFileSync(log.path)
    writeFileSync(log.path, bytes.subarray(0, bytes.length - 5))
    const read = async () => {
      for await (const { position } of log.events()) expect(position).toBeGreaterThan(0)
    }
    expect((await failureOf(read())).code).toBe('INTEGRITY')
    expect((await failureOf(log.copyTo(scratch('copy'), signal))).code).toBe('INTEGRITY')
  })
})

it('what the server still wrote to is copied as it is, and no index speaks for it', async () => {
  const { members } = await archived('plain')
  const log = logOfMember(members[2]!, false)
  expect(log).toMatchObject({ isOpen: true, facts: undefined })
  expect(dirname(log.path)).toBe(scratch('plain', 'tail'))
  writeFileSync(log.path, bytesOf(binlogs[2]!))
  await log.copyTo(scratch('copy'), signal)
  expect(readFileSync(scratch('copy')).equals(bytesOf(binlogs[2]!))).toBe(true)
})
