import { expect, it } from 'vitest'
import { spaceKindOf } from '../../../src/innodb/space-id.ts'

it.each([
  ['system', 0],
  ['table', 1],
  ['table', 4243767279],
  ['undo', 4244167280],
  ['undo', 4294967278],
  ['undo', 4294967279],
  ['table', 4294967294],
])('is %s for %i', (kind, spaceId) => {
  expect(spaceKindOf(spaceId)).toBe(kind)
})
