import { describe, expect, it } from 'vitest'
import { describeOwner, parseLock } from '../../../src/system/lock-owner.ts'

const owner = {
  pid: 4711,
  startTime: '123456',
  host: 'db1',
  command: 'backup',
  since: '2026-11-20T09:30:12.345Z',
}

describe('parseLock', () => {
  it('reads the holder, and drops fields that a later version may add', () => {
    expect(parseLock(JSON.stringify({ ...owner, mood: 'good' }))).toEqual(owner)
  })

  it('takes a holder whose start time was not known', () => {
    expect(parseLock(JSON.stringify({ ...owner, startTime: null }))?.startTime).toBeNull()
  })

  it.each([
    ['nothing', ''],
    ['half a file', '{"pid": 47'],
    ['null', 'null'],
    ['a list', '[]'],
    ['pid 0, which is a whole process group', JSON.stringify({ ...owner, pid: 0 })],
    ['a negative pid', JSON.stringify({ ...owner, pid: -1 })],
    ['a pid in text', JSON.stringify({ ...owner, pid: '4711' })],
    ['no host', JSON.stringify({ ...owner, host: undefined })],
    ['a start time that is a number', JSON.stringify({ ...owner, startTime: 5 })],
  ])('does not understand %s', (_, text) => {
    expect(parseLock(text)).toBeUndefined()
  })
})

describe('describeOwner', () => {
  it('names command, process, host and time', () => {
    expect(describeOwner(owner)).toBe(
      '"backup", process 4711 on db1, since 2026-11-20T09:30:12.345Z',
    )
  })
})
