import { describe, expect, it } from 'vitest'
import {
  describeState,
  describeTarget,
  isRecovery,
  type RecoveryTarget,
  targetDocument,
  timeText,
} from '../../../src/restore/target.ts'
import { serverUuid as a } from '../../fakes/binlog-facts.ts'

const time = new Date('2026-11-20T09:30:12.345Z')

describe('a target', () => {
  it.each<[RecoveryTarget, string]>([
    [{ kind: 'time', time }, 'the state at 2026-11-20T09:30:12.345Z'],
    [{ kind: 'time', time, micros: 7 }, 'the state at 2026-11-20T09:30:12.345007Z'],
    [{ kind: 'gtid', gtids: `${a}:1-5` }, `the state up to ${a}:1-5, included`],
    [{ kind: 'before-gtid', gtid: `${a}:5` }, `the state just before ${a}:5`],
    [
      { kind: 'position', file: 'binlog.000002', position: 4711 },
      'the state up to binlog.000002:4711',
    ],
    [{ kind: 'end' }, 'the newest state, up to the end of the binlogs'],
  ])('is described: %j', (target, words) => {
    expect(describeState(target)).toBe(words)
    expect(words.endsWith(describeTarget(target))).toBe(true)
  })

  it('is a recovery unless it is a backup', () => {
    expect(isRecovery({ kind: 'end' })).toBe(true)
    expect(isRecovery({ kind: 'backup', reference: 'latest' })).toBe(false)
  })

  it('stands in documents as it is, a time to the microsecond', () => {
    expect(targetDocument({ kind: 'time', time, micros: 40 })).toEqual({
      kind: 'time',
      time: '2026-11-20T09:30:12.345040Z',
    })
    const position = { kind: 'position', file: 'binlog.000002', position: 4 } as const
    expect(targetDocument(position)).toEqual(position)
  })
})

it('timeText has microseconds only where there are any', () => {
  expect(timeText({ time })).toBe('2026-11-20T09:30:12.345Z')
  expect(timeText({ time, micros: 0 })).toBe('2026-11-20T09:30:12.345Z')
  expect(timeText({ time, micros: 999 })).toBe('2026-11-20T09:30:12.345999Z')
})
