import { describe, expect, it } from 'vitest'
import type { Backup } from '../../../src/chain/backup.ts'
import { buildChains } from '../../../src/chain/chains.ts'
import { namedByRules } from '../../../src/chain/keep-rules.ts'
import type { KeepRule, RetentionPolicy } from '../../../src/chain/retention-policy.ts'
import { backupsByServer } from '../../../src/chain/server-backups.ts'
import { atHour, makeFull, makeIncrement } from '../../fakes/backup.ts'

const old = makeFull(1)
const first = makeIncrement(old, 2, { label: 'a' })
const middle = makeFull(3, { label: 'ab' })
const young = makeFull(4)
const last = makeIncrement(young, 5)
const all = [old, first, middle, young, last]

/** Ids by rule. */
const named = (rules: Partial<RetentionPolicy>, ...faulty: readonly Backup[]) => {
  const policy = {
    windowStart: undefined,
    keepFulls: undefined,
    keepLast: undefined,
    keepLabel: undefined,
    includeBroken: false,
    ...rules,
  }
  const [server] = backupsByServer({
    chains: buildChains(all),
    faulty: new Set(faulty.map(({ id }) => id)),
    held: new Map(),
  })
  if (server === undefined) throw new Error('there is one')
  const byRule: Partial<Record<KeepRule, string[]>> = {}
  for (const { id, reason } of namedByRules(server, policy)) (byRule[reason.rule] ??= []).push(id)
  return byRule
}

const ids = (...backups: readonly Backup[]) => backups.map(({ id }) => id)

describe('namedByRules', () => {
  it('names without any rule all that can be restored', () => {
    expect(named({})).toEqual({ NO_RULE: ids(...all), LAST_GOOD: ids(last) })
  })

  it('names for a window what lies in it, and one before', () => {
    expect(named({ windowStart: atHour(3.5) })).toMatchObject({
      WINDOW: ids(young, last),
      WINDOW_START: ids(middle),
    })
    expect(named({ windowStart: atHour(0) })).not.toHaveProperty('WINDOW_START')
  })

  it('goes on to a good one before the window where the newest there is not', () => {
    expect(named({ windowStart: atHour(3.5) }, middle)).toMatchObject({
      WINDOW_START: ids(first, middle),
    })
  })

  it('names fulls with what sits on them', () => {
    expect(named({ keepFulls: 1 }).KEEP_FULL).toEqual(ids(young, last))
    expect(named({ keepFulls: 2 }).KEEP_FULL).toEqual(ids(middle, young, last))
    expect(named({ keepFulls: 2 }, middle).KEEP_FULL).toEqual(ids(...all))
    expect(named({ keepFulls: 9 }).KEEP_FULL).toEqual(ids(...all))
  })

  it('names the newest', () => {
    expect(named({ keepLast: 2 }).KEEP_LAST).toEqual(ids(young, last))
    expect(named({ keepLast: 2 }, last).KEEP_LAST).toEqual(ids(middle, young, last))
  })

  it('names labels besides', () => {
    expect(named({ keepLast: 1, keepLabel: 'a' }).KEEP_LABEL).toEqual(ids(first))
    expect(named({ keepLast: 1, keepLabel: 'a*' }).KEEP_LABEL).toEqual(ids(first, middle))
  })

  it('names always the newest good one and what came after', () => {
    expect(named({ keepLast: 1 }, young).LAST_GOOD?.sort()).toEqual(ids(middle, young, last))
    expect(named({ keepLast: 1 }, ...all).LAST_GOOD).toEqual(ids(...all))
  })
})
