import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  gtidSetContains,
  gtidSetEquals,
  gtidSetIntersects,
  gtidSetSubtract,
  gtidSetUnion,
  gtidsOf,
  normaliseGtidSet,
} from '../../../src/mysql/gtid-set.ts'

const a = '3e11fa47-71ca-11e1-9e33-c80aa9429562'
const b = 'dcd69b6a-e4c8-11f1-8a0d-02fc00000001'

describe('normaliseGtidSet', () => {
  it.each([
    ['', ''],
    [' , ', ''],
    [`${a}:1`, `${a}:1`],
    [`${a}:1-1`, `${a}:1`],
    [`${a}:3-5:1-2`, `${a}:1-5`],
    [`${a}:1-3:2-9:20`, `${a}:1-9:20`],
    [`${b}:1,\n${a}:2`, `${a}:2,${b}:1`],
    [`${a.toUpperCase()}:1, ${a}:2`, `${a}:1-2`],
    [`${a}:5-3`, ''],
    [`${a}:tag:1-3:1`, `${a}:tag:1-3`],
    [`${a}:7:Tag_1:1:2:other:4`, `${a}:7:other:4:tag_1:1-2`],
    [`${a}:tag:1,${a}:9`, `${a}:9:tag:1`],
    [`${a}:9223372036854775806`, `${a}:9223372036854775806`],
  ])('writes %j as %j', (text, expected) => {
    expect(normaliseGtidSet(text)).toBe(expected)
  })

  it.each([
    'x',
    a,
    `${a}:`,
    `${a}:0`,
    `${a}:-1`,
    `${a}:1-`,
    `${a}:1--2`,
    `${a}:1 2`,
    `${a}:9tag:1`,
    'a:1',
  ])('refuses %j and says which part', (text) => {
    expect(() => normaliseGtidSet(text)).toThrow(expect.objectContaining({ code: 'CONFIG' }))
  })
})

describe('sets of GTIDs', () => {
  it('are equal whatever way they are written', () => {
    expect(gtidSetEquals(`${a}:1-3:5,${b}:1`, `${b}:1,${a}:5:1:2-3`)).toBe(true)
    expect(gtidSetEquals(`${a}:1-3`, `${a}:tag:1-3`)).toBe(false)
    expect(gtidSetEquals('', '')).toBe(true)
  })

  it('contain what they hold', () => {
    expect(gtidSetContains(`${a}:1-100`, `${a}:5-7:99`)).toBe(true)
    expect(gtidSetContains(`${a}:1-100`, `${a}:5-7:101`)).toBe(false)
    expect(gtidSetContains(`${a}:1-3`, '')).toBe(true)
    expect(gtidSetContains('', `${a}:1`)).toBe(false)
    expect(gtidSetContains(`${a}:1-3:t:1`, `${a}:t:1`)).toBe(true)
    expect(gtidSetContains(`${a}:1-3`, `${a}:t:1`)).toBe(false)
  })

  it('can be subtracted', () => {
    expect(gtidSetSubtract(`${a}:1-10,${b}:1-2`, `${a}:1:4-5:10-12`)).toBe(`${a}:2-3:6-9,${b}:1-2`)
    expect(gtidSetSubtract(`${a}:5`, `${a}:1-10`)).toBe('')
  })

  it('can be united', () => {
    expect(gtidSetUnion(`${a}:1-3`, `${b}:9`, '', `${a}:4:8`)).toBe(`${a}:1-4:8,${b}:9`)
    expect(gtidSetUnion('', '')).toBe('')
  })

  it('intersect where they have a GTID in common', () => {
    expect(gtidSetIntersects(`${a}:1-5`, `${a}:5-9`)).toBe(true)
    expect(gtidSetIntersects(`${a}:1-5,${b}:1`, `${b}:1-2`)).toBe(true)
    expect(gtidSetIntersects(`${a}:1-5`, `${a}:6`)).toBe(false)
    expect(gtidSetIntersects(`${a}:1-5`, `${a}:tag:1-5`)).toBe(false)
    expect(gtidSetIntersects(`${a}:1-5`, '')).toBe(false)
    expect(gtidSetIntersects('', `${a}:1-5`)).toBe(false)
  })

  it('can be taken apart, one GTID after the other', () => {
    expect([...gtidsOf(`${b}:1,${a}:2-3:tag:7:1`)]).toEqual([
      `${b}:1`,
      `${a}:2`,
      `${a}:3`,
      `${a}:tag:1`,
      `${a}:tag:7`,
    ])
    expect([...gtidsOf('')]).toEqual([])
    // However many there are, only those are made that are asked for.
    const [first, second] = gtidsOf(`${a}:9007199254740993-9223372036854775806`)
    expect([first, second]).toEqual([`${a}:9007199254740993`, `${a}:9007199254740994`])
  })
})

const numbers = fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { maxLength: 40 })
const textOf = (members: readonly number[]) =>
  members.length === 0 ? '' : `${a}:${members.join(':')}`

describe('for any two sets', () => {
  it('the difference holds exactly the members of the one that are not in the other', () => {
    fc.assert(
      fc.property(numbers, numbers, (one, other) => {
        const left = one.filter((member) => !other.includes(member))
        expect(gtidSetSubtract(textOf(one), textOf(other))).toBe(normaliseGtidSet(textOf(left)))
      }),
    )
  })

  it('the union, what they have in common and the members agree with the members as numbers', () => {
    fc.assert(
      fc.property(numbers, numbers, (one, other) => {
        const union = gtidSetUnion(textOf(one), textOf(other))
        const members = [...gtidsOf(union)].map((gtid) => Number(gtid.split(':')[1]))
        expect(members).toEqual([...new Set([...one, ...other])].sort((x, y) => x - y))
        const isShared = one.some((member) => other.includes(member))
        expect(gtidSetIntersects(textOf(one), textOf(other))).toBe(isShared)
      }),
    )
  })

  it('the normal form stays as it is', () => {
    fc.assert(
      fc.property(numbers, (members) => {
        const once = normaliseGtidSet(textOf(members))
        expect(normaliseGtidSet(once)).toBe(once)
      }),
    )
  })
})
