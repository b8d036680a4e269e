import { describe, expect, it } from 'vitest'
import type { RecoveryTarget } from '../../../src/restore/target.ts'
import { isBehind, requireAhead } from '../../../src/restore/replay/target-ahead.ts'
import { otherUuid as b, serverUuid as a } from '../../fakes/binlog-facts.ts'
import { refusalOf } from '../../fakes/refusal.ts'

const state = { file: 'binlog.000009', position: 500, gtidExecuted: `${a}:1-5` }
const position = (file: string, at: number): RecoveryTarget => ({
  kind: 'position',
  file,
  position: at,
})

describe('a state', () => {
  it.each<[string, RecoveryTarget]>([
    ['the last GTID that it holds', { kind: 'gtid', gtids: `${a}:5` }],
    ['a set that it holds', { kind: 'gtid', gtids: `${a}:1-3` }],
    ['a GTID to stop before that it holds', { kind: 'before-gtid', gtid: `${a}:5` }],
    ['an earlier position', position('binlog.000009', 499)],
    ['an earlier file', position('binlog.000008', 9999)],
  ])('lies behind %s', (_, target) => {
    expect(isBehind(target, state)).toBe(true)
  })

  it.each<[string, RecoveryTarget]>([
    ['the next GTID', { kind: 'gtid', gtids: `${a}:6` }],
    ['a set that it holds in part', { kind: 'gtid', gtids: `${a}:5-6` }],
    ['one of another server', { kind: 'gtid', gtids: `${b}:1` }],
    ['the next GTID to stop before', { kind: 'before-gtid', gtid: `${a}:6` }],
    ['its own position', position('binlog.000009', 500)],
    ['a later file, by its number', position('binlog.000010', 4)],
    ['the end', { kind: 'end' }],
    ['any time', { kind: 'time', time: new Date(0) }],
  ])('does not lie behind %s', (_, target) => {
    expect(isBehind(target, state)).toBe(false)
  })

  it('is refused for a target that it lies behind', () => {
    expect(refusalOf(() => requireAhead({ kind: 'gtid', gtids: `${a}:4` }, state))).toMatchObject({
      code: 'TARGET_UNREACHABLE',
      message: `the backup ends at binlog.000009:500, behind the target (${a}:4, included)`,
    })
    expect(() => requireAhead({ kind: 'gtid', gtids: `${a}:6` }, state)).not.toThrow()
  })
})
