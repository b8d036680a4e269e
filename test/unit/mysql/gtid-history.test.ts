import { describe, expect, it } from 'vitest'
import { isContinuedBy } from '../../../src/mysql/gtid-history.ts'
import { otherUuid as b, serverUuid as a } from '../../fakes/binlog-facts.ts'

describe('isContinuedBy', () => {
  it.each([
    ['the same set', `${a}:1-5`, `${a}:1-5`],
    ['more of the same server', `${a}:1-5`, `${a}:1-9`],
    ['what another server wrote after it', `${a}:1-5`, `${a}:1-5,${b}:1-3`],
    ['the very next transaction, of a server that was made from a copy', `${a}:1-5`, `${a}:6-9`],
    ['a set that begins later but overlaps', `${a}:1-5`, `${a}:4-9`],
    ['a set that lacks another server altogether', `${a}:1-5,${b}:1-3`, `${a}:1-9`],
  ])('by %s', (_, earlier, later) => {
    expect(isContinuedBy(earlier, later)).toBe(true)
  })

  it.each([
    ['a set that lacks its last transactions', `${a}:1-5`, `${a}:1-3,${b}:1`],
    ['a set with a hole', `${a}:1-5`, `${a}:1-2:4-9`],
    ['one of which something between is missing', `${a}:1-5`, `${a}:7-9`],
    ['one of another server', `${a}:1-5`, `${b}:1-9`],
    ['one of the same server with another tag', `${a}:1-5`, `${a}:tag:6`],
    ['nothing', `${a}:1-5`, ''],
  ])('not by %s', (_, earlier, later) => {
    expect(isContinuedBy(earlier, later)).toBe(false)
  })

  it('does not say that anything continues nothing', () => {
    expect(isContinuedBy('', `${a}:1-5`)).toBe(false)
  })
})
