import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { makeBackupId, parseBackupId } from '../../../src/chain/backup-id.ts'

const instants = fc.date({
  min: new Date('1970-01-01T00:00:00.000Z'),
  max: new Date('9999-12-31T23:59:59.999Z'),
  noInvalidDate: true,
})
const types = fc.constantFrom('full' as const, 'increment' as const)

describe('the id of a backup', () => {
  it('says when it was begun, to the millisecond in UTC, and what it is', () => {
    const begun = new Date('2026-11-20T09:30:12.345Z')
    expect(makeBackupId(begun, 'full')).toBe('UTC20261120T093012.345-full')
    expect(makeBackupId(begun, 'increment')).toBe('UTC20261120T093012.345-incr')
  })

  it('can be taken apart again', () => {
    fc.assert(
      fc.property(instants, types, (begun, type) => {
        const id = makeBackupId(begun, type)
        expect(parseBackupId(id)).toEqual({ id, type, begun })
      }),
    )
  })

  it('sorts as text in the order of the instants', () => {
    fc.assert(
      fc.property(instants, instants, types, (one, other, type) => {
        const byText = makeBackupId(one, type) < makeBackupId(other, type)
        expect(byText).toBe(one < other)
      }),
    )
  })
})

describe('parseBackupId', () => {
  it.each([
    ['a name of another kind', 'lost+found'],
    ['nothing', ''],
    ['a short year', 'UTC261120T093012.345-full'],
    ['no milliseconds', 'UTC20261120T093012-full'],
    ['another type', 'UTC20261120T093012.345-diff'],
    ['the whole word', 'UTC20261120T093012.345-increment'],
    ['something behind it', 'UTC20261120T093012.345-full~2'],
    ['something before it', './UTC20261120T093012.345-full'],
    ['a second line', 'UTC20261120T093012.345-full\n'],
    ['another zone', 'CET20261120T093012.345-full'],
    ['month 13', 'UTC20261320T093012.345-full'],
    ['30 February, which Date takes for 2 March', 'UTC20260230T093012.345-full'],
    ['hour 24, which Date takes for the next day', 'UTC20261120T240000.000-full'],
    ['second 60', 'UTC20261120T093060.345-full'],
  ])('passes over %s', (_, name) => {
    expect(parseBackupId(name)).toBeUndefined()
  })
})
