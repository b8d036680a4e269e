import { describe, expect, it } from 'vitest'
import {
  readRecoveryTarget,
  readSkipGtids,
  type TargetArguments,
  targetOptionOf,
} from '../../../src/cli/recovery-target.ts'
import { recordingReporter } from '../../fakes/recording-reporter.ts'
import { refusalOf } from '../../fakes/refusal.ts'
import { otherUuid as b, serverUuid as a } from '../../fakes/binlog-facts.ts'

const none: TargetArguments = {
  latest: false,
  toTime: undefined,
  toGtid: undefined,
  beforeGtid: undefined,
  toPosition: undefined,
  skipGtid: undefined,
}
const read = (given: Partial<TargetArguments>, reporter = recordingReporter()) =>
  readRecoveryTarget({ ...none, ...given }, reporter)

describe('the state that is asked for', () => {
  it('is that of a backup without an option', () => {
    expect(read({})).toBeUndefined()
    expect(targetOptionOf(none)).toBeUndefined()
  })

  it.each([
    [{ latest: true }, '--latest', { kind: 'end' }],
    [
      { toTime: '2026-11-20T09:30:12.345Z' },
      '--to-time',
      { kind: 'time', time: new Date('2026-11-20T09:30:12.345Z') },
    ],
    [
      { toTime: '2026-11-20T10:30:12.345678+01:00' },
      '--to-time',
      { kind: 'time', time: new Date('2026-11-20T09:30:12.345Z'), micros: 678 },
    ],
    [{ toGtid: `${a.toUpperCase()}:5` }, '--to-gtid', { kind: 'gtid', gtids: `${a}:5` }],
    [{ toGtid: `${b}:1, ${a}:9` }, '--to-gtid', { kind: 'gtid', gtids: `${b}:1,${a}:9` }],
    [{ beforeGtid: `${a}:5` }, '--before-gtid', { kind: 'before-gtid', gtid: `${a}:5` }],
    [{ beforeGtid: `${a}:tag:5` }, '--before-gtid', { kind: 'before-gtid', gtid: `${a}:tag:5` }],
    [
      { toPosition: 'mysql-bin.000012:4711' },
      '--to-position',
      { kind: 'position', file: 'mysql-bin.000012', position: 4711 },
    ],
  ])('%j', (given, option, target) => {
    expect(read(given)).toEqual(target)
    expect(targetOptionOf({ ...none, ...given })).toBe(option)
  })

  it('is told back when the time named no zone', () => {
    const reporter = recordingReporter()
    read({ toTime: '2026-11-20 09:30:12.000001' }, reporter)
    expect(reporter.lines).toEqual([
      expect.stringMatching(
        /^warn: --to-time 2026-11-20 09:30:12.000001 is taken as .*, 2026-11-\d\dT\d\d:\d\d:12.000001Z$/,
      ),
    ])
  })

  it.each([
    [{ toTime: 'yesterday' }, '--to-time "yesterday" is not a time'],
    [{ toGtid: 'x' }, '--to-gtid "x" is no GTID'],
    [{ toGtid: '' }, '--to-gtid "" is no GTID'],
    [{ toGtid: a }, `--to-gtid "${a}" is no GTID`],
    [{ toGtid: `${a}:5-3` }, `--to-gtid "${a}:5-3" is no GTID`],
    [{ beforeGtid: '5' }, '--before-gtid "5" is no GTID'],
    [{ beforeGtid: `${a}:5-6` }, `--before-gtid "${a}:5-6" names several GTIDs`],
    [{ beforeGtid: `${a}:5,${b}:1` }, `--before-gtid "${a}:5,${b}:1" names several GTIDs`],
    [{ toPosition: '4711' }, '--to-position "4711" is no position'],
    [{ toPosition: 'binlog.000012' }, '--to-position "binlog.000012" is no position'],
    [{ toPosition: 'binlog:4711' }, '--to-position "binlog:4711" is no position'],
    [{ toPosition: 'binlog.000012:-1' }, '--to-position "binlog.000012:-1" is no position'],
    [
      { toPosition: '/var/lib/mysql/binlog.000012:4' },
      '--to-position "/var/lib/mysql/binlog.000012:4" is no position',
    ],
  ])('is refused: %j', (given, message) => {
    expect(refusalOf(() => read(given))).toMatchObject({ code: 'USAGE', message })
  })
})

describe('the transactions to leave out', () => {
  it('may be a set', () => {
    expect(readSkipGtids(none)).toBeUndefined()
    expect(readSkipGtids({ ...none, skipGtid: `${a}:7,${a}:5-6` })).toBe(`${a}:5-7`)
  })

  it('are refused when they cannot be read', () => {
    expect(refusalOf(() => readSkipGtids({ ...none, skipGtid: 'x' }))).toMatchObject({
      code: 'USAGE',
      message: '--skip-gtid "x" is no GTID',
      details: { option: 'skip-gtid' },
    })
  })
})
