import { describe, expect, it } from 'vitest'
import { buildChains } from '../../../src/chain/chains.ts'
import { backupsByServer, isUsable, sortedMembers } from '../../../src/chain/server-backups.ts'
import { makeFull, makeIncrement } from '../../fakes/backup.ts'

const full = makeFull(1)
const first = makeIncrement(full, 2)
const second = makeIncrement(first, 3)
const gap = { ...makeIncrement(first, 4), startLsn: first.pageTrackLsn + 1n }
const foreign = makeFull(0, { serverUuid: 'another' })

const split = (faulty: readonly string[]) =>
  backupsByServer({
    chains: buildChains([gap, second, foreign, first, full]),
    faulty: new Set(faulty),
    held: new Map(),
  })

describe('backupsByServer', () => {
  it('puts each server by itself, oldest first', () => {
    const [other, own] = split([])
    expect(other?.usable.map(({ id }) => id)).toEqual([foreign.id])
    expect(own?.members.map(({ backup }) => backup.id)).toEqual(
      [full, first, second, gap].map(({ id }) => id),
    )
    expect(own?.usable.map(({ id }) => id)).toEqual([full, first, second].map(({ id }) => id))
    expect(own?.fullOf.get(second.id)).toBe(full.id)
  })

  it('takes what sits on a faulty backup for no good one', () => {
    expect([...(split([first.id])[1]?.good ?? [])]).toEqual([full.id])
  })
})

describe('sortedMembers', () => {
  it('has chains and orphans by the time they were begun', () => {
    const members = sortedMembers(buildChains([second, first, foreign]))
    expect(members.map(({ backup }) => backup.id)).toEqual([foreign.id, first.id, second.id])
    expect(members.map(isUsable)).toEqual([true, false, false])
  })
})
