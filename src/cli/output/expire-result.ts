// What `chain expire` answers: each backup that goes and why, each that stays and why, and what can be
// reached afterwards.

import type { ArchivePlan } from '../../binlog/needed-binlogs.ts'
import type { Backup } from '../../chain/backup.ts'
import type { BackupId } from '../../chain/backup-id.ts'
import type { Member } from '../../chain/chains.ts'
import type { ExpiredBackup, KeptBackup } from '../../chain/plan-expiry.ts'
import type { RetentionPolicy } from '../../chain/retention-policy.ts'
import type { ExpireOutcome } from '../../repository/expire.ts'
import type { CommandResult } from '../command.ts'
import type { UnsealedBackup } from '../unsealed-backup.ts'
import { stateOf } from './backup-fields.ts'
import { formatBytes } from './bytes.ts'
import { expiredBinlogFields, expiredBinlogText } from './expired-binlogs.ts'
import { outlookFields, outlookText } from './server-outlook.ts'

export type ToldExpiry = Omit<ExpireOutcome, 'unsealed'> & {
  readonly unsealed: readonly UnsealedBackup[]
  /** Of each archive of binlogs; after the deed, what was done. */
  readonly binlogs: readonly ArchivePlan[]
}

/** The plan, or what was done, as a document and as text. */
export const expireResult = (
  outcome: ToldExpiry,
  policy: RetentionPolicy,
  confirmed: boolean,
): CommandResult => {
  const { plan, moved, damaged, unsealed, binlogs } = outcome
  return {
    document: {
      confirmed,
      policy: policyFields(policy),
      expired: plan.expired.map((backup) => expiredFields(backup, moved)),
      kept: plan.kept.map(keptFields),
      bytes: bytesOf(plan.expired),
      keptBytes: bytesOf(plan.kept),
      servers: plan.servers.map(outlookFields),
      binlogs: binlogs.map(expiredBinlogFields),
      damaged: damaged.map(({ id, error }) => ({ id, code: error.code, message: error.message })),
      unsealed,
    },
    text: [
      ...plan.expired.map(expiredLine),
      ...plan.kept.map(keptLine),
      ...damaged.map(({ id, error }) => `damaged   ${id}: stays, ${error.code} ${error.message}\n`),
      ...unsealed.map(({ id, message }) => `unsealed  ${id}: stays, ${message}\n`),
      plan.expired.length + plan.kept.length === 0 ? 'no sealed backups\n' : '\n',
      ...summary(outcome, policy, confirmed),
      ...plan.servers.map(outlookText),
      ...binlogs.map((archive) => expiredBinlogText(archive, confirmed)),
    ].join(''),
  }
}

const policyFields = (policy: RetentionPolicy): object => ({
  windowStart: policy.windowStart ?? null,
  keepFull: policy.keepFulls ?? null,
  keepLast: policy.keepLast ?? null,
  keepLabel: policy.keepLabel ?? null,
  includeBroken: policy.includeBroken,
})

const headFields = ({ backup, base, problems }: Member) => ({
  id: backup.id,
  type: backup.type,
  base: base ?? null,
  serverUuid: backup.serverUuid,
  beginTime: backup.beginTime,
  endTime: backup.endTime,
  bytes: backup.storedBytes,
  state: stateOf(problems),
})

const expiredFields = (expired: ExpiredBackup, moved: ReadonlyMap<BackupId, string>): object => ({
  ...headFields(expired.member),
  why: expired.why,
  dependants: expired.dependants,
  movedTo: moved.get(expired.member.backup.id) ?? null,
})

const keptFields = (kept: KeptBackup): object => ({
  ...headFields(kept.member),
  reasons: kept.reasons,
  dependants: kept.dependants,
})

const bytesOf = (backups: readonly Pick<KeptBackup, 'member'>[]): number =>
  backups.reduce((sum, { member }) => sum + member.backup.storedBytes, 0)

/** Ids have one length, so these line up without a table, however many there are. */
const head = (word: string, { id, storedBytes }: Backup): string =>
  `${word.padEnd(8)}  ${id}  ${formatBytes(storedBytes).padStart(9)}`

const expiredLine = ({ member, why, dependants }: ExpiredBackup): string =>
  `${head('expire', member.backup)}  ${why.message}${dependantsText(dependants)}\n`

/** They are newer, so their lines stand above. */
const dependantsText = ([first, ...others]: readonly BackupId[]): string => {
  if (first === undefined) return ''
  return others.length === 0
    ? `; ${first} sits on it and goes, too`
    : `; ${first} and ${others.length} more sit on it and go, too`
}

const keptLine = ({ member, reasons }: KeptBackup): string =>
  `${head('keep', member.backup)}  ${reasons.map(({ message }) => message).join('; ')}\n`

const summary = (
  { plan, moved }: ToldExpiry,
  { windowStart }: RetentionPolicy,
  confirmed: boolean,
): readonly string[] => {
  const { length } = plan.expired
  const bytes = formatBytes(bytesOf(plan.expired))
  const what = `${length} backup${length === 1 ? '' : 's'}, ${bytes}`
  return [
    ...(windowStart === undefined ? [] : [`window:      from ${windowStart.toISOString()}\n`]),
    ...(confirmed
      ? [
          `moved:       ${what}, to the trash${moved.size === 0 ? '' : '; clonectl trash empty frees the space'}\n`,
        ]
      : [
          `to expire:   ${what}${length === 0 ? '' : '; nothing was changed, --confirm moves them to the trash'}\n`,
        ]),
    `to stay:     ${plan.kept.length}, ${formatBytes(bytesOf(plan.kept))}\n`,
  ]
}
