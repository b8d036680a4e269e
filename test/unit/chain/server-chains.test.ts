import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { buildChains } from '../../../src/chain/chains.ts'
import { chainsByServer } from '../../../src/chain/server-chains.ts'
import { makeFull, makeIncrement } from '../../fakes/backup.ts'
import { forests } from '../../fakes/forests.ts'

const first = makeFull(1)
const second = makeFull(2, { serverUuid: 'another' })
const third = makeFull(3)

describe('chainsByServer', () => {
  it('makes nothing of nothing', () => {
    expect(chainsByServer({ chains: [], orphans: [] })).toEqual([])
  })

  it('puts the chains of each server together, in the order of their first backup', () => {
    const groups = chainsByServer(buildChains([third, second, first]))
    expect(groups.map(({ serverUuid, chains }) => [serverUuid, chains.length])).toEqual([
      [first.serverUuid, 2],
      ['another', 1],
    ])
  })

  it('keeps engines apart', () => {
    const other = makeFull(4, { engine: first.engine === 'mysql' ? 'greatsql' : 'mysql' })
    const groups = chainsByServer(buildChains([first, other]))
    expect(groups.map(({ engine }) => engine)).toEqual([first.engine, other.engine])
  })

  it('knows a server of which there are orphans alone', () => {
    const orphan = makeIncrement(second, 5)
    const groups = chainsByServer(buildChains([first, orphan]))
    expect(groups.map(({ chains, orphans }) => [chains.length, orphans.length])).toEqual([
      [1, 0],
      [0, 1],
    ])
  })

  it('loses no backup and takes none twice', () => {
    fc.assert(
      fc.property(forests, (backups) => {
        const groups = chainsByServer(buildChains(backups))
        const ids = groups.flatMap(({ chains, orphans }) =>
          [...chains.flatMap(({ members }) => members), ...orphans].map(({ backup }) => backup.id),
        )
        expect(ids.sort()).toEqual(backups.map(({ id }) => id).sort())
      }),
    )
  })
})
