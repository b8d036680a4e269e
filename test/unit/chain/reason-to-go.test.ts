import { describe, expect, it } from 'vitest'
import type { Member } from '../../../src/chain/chains.ts'
import { newest, reasonToGo } from '../../../src/chain/reason-to-go.ts'
import type { RetentionPolicy } from '../../../src/chain/retention-policy.ts'
import { atHour, makeFull } from '../../fakes/backup.ts'

const sound: Member = { backup: makeFull(1), base: undefined, alsoOn: [], problems: [] }
const broken: Member = { ...sound, problems: [{ code: 'LSN_GAP', message: 'a gap' }] }
const policy: RetentionPolicy = {
  windowStart: undefined,
  keepFulls: undefined,
  keepLast: undefined,
  keepLabel: undefined,
  includeBroken: true,
}

describe('reasonToGo', () => {
  it.each<[Partial<RetentionPolicy>, string]>([
    [{ windowStart: atHour(1) }, 'is not needed for the window'],
    [{ keepFulls: 2 }, 'does not belong to the newest 2 fulls'],
    [{ keepLast: 1 }, 'is not of the newest backup'],
    [
      { windowStart: atHour(1), keepLast: 3, keepLabel: 'r*' },
      'is not needed for the window, is not of the newest 3 backups, is not labelled r*',
    ],
  ])('names the rules that were given: %j', (rules, message) => {
    expect(reasonToGo(sound, { ...policy, ...rules }, false)).toEqual({ code: 'NOT_KEPT', message })
  })

  it('tells the broken one that goes alone from the one whose chain goes', () => {
    expect(reasonToGo(broken, policy, true)).toEqual({
      code: 'BROKEN',
      message: 'cannot be restored: LSN_GAP',
    })
    expect(reasonToGo(broken, policy, false)).toEqual({
      code: 'WITH_CHAIN',
      message: 'cannot be restored: LSN_GAP; its chain goes',
    })
  })

  it('does not take a remark for a fault', () => {
    const forked: Member = { ...sound, problems: [{ code: 'FORK', message: 'a fork' }] }
    expect(reasonToGo(forked, { ...policy, keepLast: 2 }, true).code).toBe('NOT_KEPT')
  })
})

describe('newest', () => {
  it('says one as one', () => {
    expect([newest(1, 'full'), newest(2, 'backup')]).toEqual([
      'the newest full',
      'the newest 2 backups',
    ])
  })
})
