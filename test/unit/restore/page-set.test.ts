import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPageSet } from '../../../src/restore/page-set.ts'

describe('a set of pages', () => {
  it('is empty at first', () => {
    const set = createPageSet(20)
    expect(Array.from({ length: 20 }, (_, page) => set.has(page))).not.toContain(true)
  })

  it('holds exactly what was added, as a Set does', () => {
    const pages = fc.array(fc.integer({ min: 0, max: 99 }))
    fc.assert(
      fc.property(pages, (added) => {
        const set = createPageSet(100)
        for (const page of added) set.add(page)
        const found = Array.from({ length: 100 }, (_, page) => page).filter((p) => set.has(p))
        expect(new Set(found)).toEqual(new Set(added))
      }),
    )
  })

  it('takes page numbers of more than 31 bits', () => {
    const set = createPageSet(2 ** 31 + 2)
    set.add(2 ** 31 + 1)
    expect([2 ** 31 + 1, 2 ** 31, 2 ** 31 - 1, 1].map((page) => set.has(page))).toEqual([
      true,
      false,
      false,
      false,
    ])
  })

  it('does not hold pages behind its end', () => {
    const set = createPageSet(9)
    set.add(100)
    expect([set.has(100), set.has(12), set.has(0)]).toEqual([false, false, false])
  })

  it('of no pages holds none', () => {
    expect(createPageSet(0).has(0)).toBe(false)
  })
})
