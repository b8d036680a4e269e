// Plans of an expiry, and what to ask of them.

import type { Backup } from '../../src/chain/backup.ts'
import { buildChains } from '../../src/chain/chains.ts'
import { type ExpiryPlan, planExpiry } from '../../src/chain/plan-expiry.ts'
import type { KeepReason, RetentionPolicy } from '../../src/chain/retention-policy.ts'

export const noPolicy: RetentionPolicy = {
  windowStart: undefined,
  keepFulls: undefined,
  keepLast: undefined,
  keepLabel: undefined,
  includeBroken: false,
}

export interface Known {
  readonly faulty?: readonly Backup[]
  readonly pinned?: readonly Backup[]
}

export const pin: KeepReason = { rule: 'PINNED', message: 'is pinned' }

export const plan = (
  backups: readonly Backup[],
  policy: Partial<RetentionPolicy>,
  { faulty = [], pinned = [] }: Known = {},
): ExpiryPlan =>
  planExpiry(
    {
      chains: buildChains(backups),
      faulty: new Set(faulty.map(({ id }) => id)),
      held: new Map(pinned.map(({ id }) => [id, pin])),
    },
    { ...noPolicy, ...policy },
  )

export const goneOf = ({ expired }: ExpiryPlan) => expired.map(({ member }) => member.backup.id)
export const keptOf = ({ kept }: ExpiryPlan) => kept.map(({ member }) => member.backup.id)
export const idsOf = (...backups: readonly Backup[]) => backups.map(({ id }) => id)
export const rulesOf = ({ kept }: ExpiryPlan) =>
  Object.fromEntries(
    kept.map(({ member, reasons }) => [member.backup.id, reasons.map(({ rule }) => rule)]),
  )
