import { describe, expect, it } from 'vitest'
import type { Backup } from '../../../../src/chain/backup.ts'
import { makeBackupId } from '../../../../src/chain/backup-id.ts'
import { buildChains } from '../../../../src/chain/chains.ts'
import { planExpiry } from '../../../../src/chain/plan-expiry.ts'
import type { RetentionPolicy } from '../../../../src/chain/retention-policy.ts'
import { expireResult } from '../../../../src/cli/output/expire-result.ts'
import { formatDocument } from '../../../../src/cli/output/json.ts'
import { atHour, makeFull, makeIncrement } from '../../../fakes/backup.ts'

const policy: RetentionPolicy = {
  windowStart: undefined,
  keepFulls: 1,
  keepLast: undefined,
  keepLabel: undefined,
  includeBroken: false,
}

const show = (backups: readonly Backup[], confirmed: boolean) => {
  const input = { chains: buildChains(backups), faulty: new Set<string>(), held: new Map() }
  const plan = planExpiry(input, policy)
  const moved = new Map(
    confirmed ? plan.expired.map(({ member: { backup } }) => [backup.id, `/t/${backup.id}`]) : [],
  )
  return expireResult({ plan, moved, damaged: [], unsealed: [], binlogs: [] }, policy, confirmed)
}

describe('expireResult', () => {
  const full = makeFull(1)
  const backups = [full, makeIncrement(full, 2), makeIncrement(full, 3)]

  it('says that nothing was done, or where it is now', () => {
    const young = makeFull(4, { trackedSince: undefined })
    const dry = show([...backups, young], false)
    expect(dry.text).toContain('\nto expire:   3 backups, 1.17 KiB; nothing was changed, ')
    const done = show([...backups, young], true)
    expect(done.text).toContain('\nmoved:       3 backups, 1.17 KiB, to the trash; clonectl trash ')
    expect(formatDocument(done.document)).toContain(`"movedTo": "/t/${full.id}"`)
    expect(done.text).toMatch(/^expire .* sit on it and go, too$/m)
  })

  it('asks for no page tracking where none was on', () => {
    const young = makeFull(4, { trackedSince: undefined })
    expect(show([...backups, young], false).text).toMatch(
      new RegExp(`^next backup: an increment on ${young.id}$`, 'm'),
    )
  })

  it('says so when there is nothing to do', () => {
    expect(show(backups, false).text).toContain('\nto expire:   0 backups, 0 B\n')
    expect(show(backups, true).text).toContain('\nmoved:       0 backups, 0 B, to the trash\n')
    expect(show([], false).text).toMatch(/^no sealed backups\n/)
  })

  it('names the newest base when it goes, and what comes then', () => {
    const plan = planExpiry(
      { chains: buildChains(backups), faulty: new Set(), held: new Map() },
      policy,
    )
    const told = (after: Backup | undefined) =>
      expireResult(
        {
          plan: {
            ...plan,
            servers: [
              {
                serverUuid: 'uuid',
                window: {},
                nextBase: { before: full, ...(after !== undefined && { after }) },
              },
            ],
          },
          moved: new Map(),
          damaged: [],
          unsealed: [],
          binlogs: [],
        },
        policy,
        false,
      ).text
    expect(told(undefined)).toContain(`next backup: ${full.id} goes, so it must be a full\n`)
    expect(told(makeFull(0))).toContain(`next backup: ${full.id} goes, so an increment on `)
  })

  it('plans and shows 100,000 backups in a moment', () => {
    const many: Backup[] = []
    for (let index = 0; index < 100_000; index += 1) {
      const hour = index / 60
      const base = many[index - 1]
      const isFull = base === undefined || index % 50_000 === 0
      const id = makeBackupId(atHour(hour), isFull ? 'full' : 'increment')
      many.push(isFull ? makeFull(hour, { id }) : makeIncrement(base, hour, { id }))
    }
    const began = performance.now()
    const { text } = show(many, false)
    // It takes a second; looking at every pair would take minutes.
    expect(performance.now() - began).toBeLessThan(10_000)
    expect(text.split('\n').filter((line) => line.startsWith('expire '))).toHaveLength(50_000)
  })
})
