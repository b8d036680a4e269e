import { describe, expect, it } from 'vitest'
import { matchesTable, readTablePatterns } from '../../../src/mysql/table-pattern.ts'

const matches = (pattern: string, name: string, ignoresCase = false): boolean => {
  const [database = '', table = ''] = name.split('/')
  return readTablePatterns(pattern).some((p) => matchesTable(p, { database, table }, ignoresCase))
}

describe('a pattern of tables', () => {
  it.each([
    ['shop.orders', 'shop/orders'],
    ['shop.*', 'shop/orders'],
    ['*.*', 'a/b'],
    ['s*p.o*s', 'shop/orders'],
    ['shop.a, shop.b', 'shop/b'],
    ['shop.a.b', 'shop/a.b'],
    ['shop.log_*', 'shop/log_2026\nx'],
  ])('%s means %s', (pattern, name) => {
    expect(matches(pattern, name)).toBe(true)
  })

  it.each([
    ['shop.orders', 'shop/orders2'],
    ['shop.orders', 'myshop/orders'],
    ['shop.o.ders', 'shop/orders'],
    ['shop.[a-z]*', 'shop/orders'],
    ['Shop.orders', 'shop/orders'],
  ])('%s does not mean %s', (pattern, name) => {
    expect(matches(pattern, name)).toBe(false)
  })

  it('ignores case where the server does', () => {
    expect(matches('Shop.Orders', 'shop/orders', true)).toBe(true)
  })

  it.each(['orders', '', 'shop.', '.orders', 'shop.a,,shop.b'])('refuses %j', (text) => {
    expect(() => readTablePatterns(text)).toThrow(expect.objectContaining({ code: 'USAGE' }))
  })
})
