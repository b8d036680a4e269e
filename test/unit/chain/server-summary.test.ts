import { describe, expect, it } from 'vitest'
import type { Backup } from '../../../src/chain/backup.ts'
import { buildChains } from '../../../src/chain/chains.ts'
import { chainsByServer } from '../../../src/chain/server-chains.ts'
import { summariseServer } from '../../../src/chain/server-summary.ts'
import { makeFull, makeIncrement } from '../../fakes/backup.ts'

const full = makeFull(1, { storedBytes: 100 })
const first = makeIncrement(full, 2, { storedBytes: 10 })
const second = makeIncrement(first, 3, { storedBytes: 20 })

const summaryOf = (...backups: readonly Backup[]) => {
  const [server] = chainsByServer(buildChains(backups))
  if (server === undefined) throw new Error('there is no server')
  return summariseServer(server)
}

describe('summariseServer', () => {
  it('names the newest of each type and what a restore of the newest takes', () => {
    const summary = summaryOf(second, full, first)
    expect(summary.lastFull).toEqual(full)
    expect(summary.lastIncrement).toEqual(second)
    expect(summary.newestLineage).toEqual([full, first, second])
    expect(summary.window).toEqual({ from: full.endTime, to: second.endTime })
    expect(summary).toMatchObject({ storedBytes: 130, broken: [] })
    expect(summary.chains).toHaveLength(1)
  })

  it('counts what is broken, and believes nothing of it', () => {
    const broken = makeIncrement(second, 4, { startLsn: second.pageTrackLsn + 1n })
    const summary = summaryOf(full, first, second, broken)
    expect(summary.broken.map(({ backup }) => backup.id)).toEqual([broken.id])
    expect(summary.members).toHaveLength(4)
    expect(summary.newest).toEqual(second)
    expect(summary.window?.to).toEqual(second.endTime)
  })

  it('has an older full beside the newest chain', () => {
    const newer = makeFull(9)
    const summary = summaryOf(full, first, newer)
    expect(summary).toMatchObject({ lastFull: newer, lastIncrement: first })
    expect(summary.chains).toHaveLength(2)
    expect(summary.newestLineage).toEqual([newer])
  })

  it('knows nothing to restore where the full is lost', () => {
    const summary = summaryOf(makeIncrement(full, 2, { engine: 'mysql' }))
    expect(summary).toMatchObject({
      newest: undefined,
      lastIncrement: undefined,
      window: undefined,
    })
    expect(summary.newestLineage).toEqual([])
    expect(summary.broken).toHaveLength(1)
  })
})
