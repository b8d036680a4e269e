// The rules of retention: which backups each of them names. What those sit on is kept besides, which is
// not the rules' business.
//
// Only good backups count: where five are to be kept and one of them is known to be damaged, a sixth is
// kept. The damaged one stays all the same, because it is newer than the last that counts.

import type { Backup } from './backup.ts'
import type { BackupId } from './backup-id.ts'
import { fitsLabel } from './label-pattern.ts'
import { newest } from './reason-to-go.ts'
import type { KeepReason, RetentionPolicy } from './retention-policy.ts'
import type { ServerBackups } from './server-backups.ts'

export interface Named {
  readonly id: BackupId
  readonly reason: KeepReason
}

type Rule = (server: ServerBackups, policy: RetentionPolicy) => readonly Named[]

/** Every backup of the server that a rule names, once for each rule. */
export const namedByRules: Rule = (server, policy) =>
  [windowRule, fullRule, lastRule, labelRule, noRule, goodRule].flatMap((rule) =>
    rule(server, policy),
  )

const named = (
  backups: readonly Backup[],
  rule: KeepReason['rule'],
  message: string,
): readonly Named[] => {
  // One object for all: there may be very many backups.
  const reason = { rule, message }
  return backups.map(({ id }) => ({ id, reason }))
}

/** From the one on with which `count` good ones are reached, counted from the end. */
const newestGood = (
  ordered: readonly Backup[],
  { good }: ServerBackups,
  count: number,
): readonly Backup[] => {
  let missing = count
  let first = ordered.length
  while (first > 0 && missing > 0) {
    first -= 1
    if (good.has(ordered[first]?.id ?? '')) missing -= 1
  }
  return ordered.slice(first)
}

const windowRule: Rule = (server, { windowStart }) => {
  if (windowStart === undefined) return []
  const byEnd = [...server.states].sort((a, b) => a.endTime.getTime() - b.endTime.getTime())
  const before = byEnd.filter(({ endTime }) => endTime <= windowStart)
  return [
    ...named(byEnd.slice(before.length), 'WINDOW', 'lies in the window'),
    ...named(
      newestGood(before, server, 1),
      'WINDOW_START',
      'is needed to reach the beginning of the window',
    ),
  ]
}

const fullRule: Rule = (server, { keepFulls }) => {
  if (keepFulls === undefined) return []
  const fulls = server.usable.filter(({ type }) => type === 'full')
  const kept = new Set(newestGood(fulls, server, keepFulls).map(({ id }) => id))
  const belongs = `belongs to ${newest(keepFulls, 'full')}`
  const below = server.usable.filter(({ id }) => kept.has(server.fullOf.get(id) ?? ''))
  return named(below, 'KEEP_FULL', belongs)
}

const lastRule: Rule = (server, { keepLast }) =>
  keepLast === undefined
    ? []
    : named(
        newestGood(server.states, server, keepLast),
        'KEEP_LAST',
        `is of ${newest(keepLast, 'backup')}`,
      )

const labelRule: Rule = ({ members }, { keepLabel: pattern }) => {
  if (pattern === undefined) return []
  const backups = members.map(({ backup }) => backup)
  return backups
    .filter(({ label }) => fitsLabel(pattern, label))
    .flatMap((backup) => named([backup], 'KEEP_LABEL', `is labelled ${backup.label ?? ''}`))
}

/** Who asks for the broken ones alone loses nothing that can be restored. */
const noRule: Rule = ({ usable }, { windowStart, keepFulls, keepLast }) =>
  windowStart === undefined && keepFulls === undefined && keepLast === undefined
    ? named(usable, 'NO_RULE', 'can be restored, and no rule was given')
    : []

const goodRule: Rule = (server) => {
  const backups = newestGood(server.states, server, 1)
  const last = backups.filter(({ id }) => server.good.has(id))
  const newer = backups.filter(({ id }) => !server.good.has(id))
  return [
    ...named(last, 'LAST_GOOD', 'is the newest good backup of its server'),
    ...named(newer, 'LAST_GOOD', 'is newer than every good backup of its server'),
  ]
}
