import { describe, expect, it } from 'vitest'
import { buildChains } from '../../../src/chain/chains.ts'
import {
  addReason,
  keepBases,
  keepBroken,
  keepLastOfServers,
  type Reasons,
} from '../../../src/chain/keep-whole.ts'
import type { KeepReason } from '../../../src/chain/retention-policy.ts'
import { sortedMembers } from '../../../src/chain/server-backups.ts'
import { makeFull, makeIncrement } from '../../fakes/backup.ts'

const full = makeFull(1)
const first = makeIncrement(full, 2)
const second = makeIncrement(first, 3)
const beside = makeIncrement(first, 4)
const gap = { ...makeIncrement(first, 5), startLsn: first.pageTrackLsn + 1n }
const pinned: KeepReason = { rule: 'PINNED', message: 'is pinned' }

describe('addReason', () => {
  it('keeps them in their order', () => {
    const reasons: Reasons = new Map()
    addReason(reasons, full.id, pinned)
    addReason(reasons, full.id, { rule: 'WINDOW', message: 'x' })
    expect(reasons.get(full.id)?.map(({ rule }) => rule)).toEqual(['PINNED', 'WINDOW'])
  })
})

describe('keepBases', () => {
  const members = sortedMembers(buildChains([full, first, second, beside]))

  it('keeps all that something kept sits on, for the sake of the newest', () => {
    const reasons: Reasons = new Map([
      [second.id, [pinned]],
      [beside.id, [pinned]],
    ])
    keepBases(members, reasons)
    const needed = { rule: 'NEEDED', message: `is needed by ${beside.id}` }
    expect(reasons.get(first.id)).toEqual([needed])
    expect(reasons.get(full.id)).toEqual([needed])
  })

  it('adds nothing to what stays anyway, and nothing the second time', () => {
    const reasons: Reasons = new Map([
      [second.id, [pinned]],
      [first.id, [pinned]],
    ])
    keepBases(members, reasons)
    keepBases(members, reasons)
    expect(reasons.get(first.id)).toEqual([pinned])
    expect(reasons.get(full.id)?.[0]?.message).toBe(`is needed by ${first.id}`)
    expect(reasons.has(beside.id)).toBe(false)
  })

  it('passes over a base that is lost', () => {
    const reasons: Reasons = new Map([[second.id, [pinned]]])
    keepBases(sortedMembers(buildChains([second])), reasons)
    expect([...reasons.keys()]).toEqual([second.id])
  })
})

describe('keepBroken', () => {
  it('keeps what is broken in chains that stay, and every orphan', () => {
    const orphan = makeIncrement(makeFull(0.5), 6)
    const chains = buildChains([full, first, gap, orphan])
    const reasons: Reasons = new Map([[full.id, [pinned]]])
    keepBroken(chains, reasons)
    expect([...reasons.keys()].sort()).toEqual([full.id, gap.id, orphan.id].sort())
    const none: Reasons = new Map()
    keepBroken(chains, none)
    expect([...none.keys()]).toEqual([orphan.id])
  })
})

describe('keepLastOfServers', () => {
  it('keeps orphans only of servers that have nothing else', () => {
    const lone = { ...makeIncrement(makeFull(0.5), 6), serverUuid: 'another' }
    const reasons: Reasons = new Map()
    keepLastOfServers(buildChains([full, makeIncrement(makeFull(0.5), 7), lone]), reasons)
    expect([...reasons.keys()]).toEqual([lone.id])
  })
})
