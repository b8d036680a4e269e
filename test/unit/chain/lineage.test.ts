import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Backup } from '../../../src/chain/backup.ts'
import { buildChains, usableBackups } from '../../../src/chain/chains.ts'
import { lineageOf } from '../../../src/chain/lineage.ts'
import { makeFull, makeIncrement } from '../../fakes/backup.ts'
import { forests } from '../../fakes/forests.ts'
import { refusalOf } from '../../fakes/refusal.ts'

const full = makeFull(1)
const first = makeIncrement(full, 2)
const second = makeIncrement(first, 3)
const beside = makeIncrement(full, 4)

const refusal = (tip: Backup, backups: readonly Backup[]) =>
  refusalOf(() => lineageOf(tip, backups))

describe('lineageOf', () => {
  it('is the full alone for a full', () => {
    expect(lineageOf(full, [full, first, second])).toEqual([full])
  })

  it('is the full, then each increment in the order it is applied', () => {
    expect(lineageOf(second, [second, beside, first, full])).toEqual([full, first, second])
    expect(lineageOf(beside, [second, beside, first, full])).toEqual([full, beside])
  })

  it('names the base that is missing', () => {
    expect(refusal(second, [full, second])).toMatchObject({
      code: 'CHAIN_BROKEN',
      message: `${second.id} was made on ${first.id}, which is not among the sealed backups`,
      details: { backup: second.id, base: first.id },
    })
    const lost = { ...first, base: undefined }
    expect(refusal(lost, [full, lost]).message).toContain('was made on (nothing recorded)')
  })

  it('names the first link that does not fit, seen from the tip', () => {
    const gap = { ...first, startLsn: full.pageTrackLsn + 1n }
    expect(refusal(second, [full, gap, second])).toMatchObject({
      code: 'CHAIN_BROKEN',
      message: `${first.id}: holds changes since LSN 1001, its base ${full.id} is complete only up to 1000`,
      details: { backup: first.id, base: full.id, problem: 'LSN_GAP' },
    })
  })

  it('ends at bases that name each other in a circle, or themselves', () => {
    const circle = { ...first, base: second.id }
    expect(refusal(second, [circle, second]).message).toContain(
      `${first.id} was made on ${second.id}`,
    )
    const itself = { ...first, base: first.id }
    expect(refusal(itself, [itself]).code).toBe('CHAIN_BROKEN')
  })

  it('agrees with the chains: what they call usable has a lineage that begins with a full', () => {
    fc.assert(
      fc.property(forests, (forest) => {
        const usable = usableBackups(buildChains(forest))
        for (const tip of usable) {
          const lineage = lineageOf(tip, usable)
          expect(lineage.map(({ type }) => type)).toEqual([
            'full',
            ...lineage.slice(1).map(() => 'increment'),
          ])
          expect(lineage.at(-1)).toBe(tip)
        }
      }),
    )
  })
})
