import { expect, it } from 'vitest'
import { requireSafePath } from '../../../src/restore/safe-path.ts'

it.each(['/data/restore-1/UTC2026_a+b@c', '/a/b.c'])('lets %s through', (path) => {
  expect(() => requireSafePath(path)).not.toThrow()
})

it.each([
  '/a b',
  '/a;b',
  '/a$b',
  '/a`b',
  "/a'b",
  '/a"b',
  '/a\\b',
  '/a#b',
  '/a*b',
  '/a\nb',
  '/ä',
  '',
])('refuses %j', (path) => {
  expect(() => requireSafePath(path)).toThrow('hands this path to a shell without quotes')
})
