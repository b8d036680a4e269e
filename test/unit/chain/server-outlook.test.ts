import { describe, expect, it } from 'vitest'
import { outlookOf } from '../../../src/chain/server-outlook.ts'
import { makeFull, makeIncrement } from '../../fakes/backup.ts'

const full = makeFull(1)
const first = makeIncrement(full, 2)
const young = makeFull(3)

describe('outlookOf', () => {
  it('compares what can be reached, and what the next increment sits on', () => {
    expect(outlookOf('uuid', [full, first, young], [full])).toEqual({
      serverUuid: 'uuid',
      window: {
        before: { from: full.endTime, to: young.endTime },
        after: { from: full.endTime, to: full.endTime },
      },
      nextBase: { before: young, after: full },
    })
  })

  it('has nothing where nothing is', () => {
    expect(outlookOf('uuid', [full], [])).toMatchObject({ nextBase: { before: full } })
    expect(outlookOf('uuid', [full], []).nextBase).not.toHaveProperty('after')
    expect(outlookOf('uuid', [], [])).toEqual({ serverUuid: 'uuid', window: {}, nextBase: {} })
  })

  it('goes by the ends, which need not follow the beginnings', () => {
    const slow = { ...full, endTime: young.endTime }
    const { window } = outlookOf('uuid', [slow, first], [slow, first])
    expect(window.after).toEqual({ from: first.endTime, to: young.endTime })
  })
})
