// What `restore` answers, and what `restore --plan` answers instead.

import { errorTable } from '../../errors.ts'
import type { RestoreOutcome, RestorePlan } from '../../restore/request.ts'
import { describeState, isRecovery, targetDocument } from '../../restore/target.ts'
import type { CommandResult } from '../command.ts'
import { formatBytes } from './bytes.ts'
import { formatDuration } from './duration.ts'
import { formatTable } from './table.ts'

/** A plan as a document and as text. What would refuse it gives the exit code. */
export const planResult = (plan: RestorePlan): CommandResult => {
  const [refusal] = plan.refusals
  return {
    document: {
      target: targetDocument(plan.target),
      targetDir: plan.targetDir,
      chain: plan.chain,
      steps: plan.steps,
      appliedBy: plan.appliedBy ?? null,
      binlogs: plan.binlogs,
      diskNeeded: plan.diskNeeded,
      diskFree: plan.diskFree,
      recoveryWindow: plan.recoveryWindow ?? null,
      refusals: plan.refusals,
      warnings: plan.warnings,
    },
    text: planText(plan),
    exitCode: refusal === undefined ? 0 : errorTable[refusal.code].exitCode,
  }
}

const targetText = ({ target, chain }: RestorePlan): string => {
  if (isRecovery(target)) return describeState(target)
  const id = chain.at(-1) ?? target.reference
  return id === target.reference ? `backup ${id}` : `backup ${id} (${target.reference})`
}

const planText = (plan: RestorePlan): string => {
  const { recoveryWindow: window } = plan
  const reach =
    window === undefined ? 'none' : `${window.from.toISOString()} to ${window.to.toISOString()}`
  return [
    `target:          ${targetText(plan)}\n`,
    `into:            ${plan.targetDir}\n`,
    `chain:           ${plan.chain.join(' ==> ') || 'none'}\n`,
    `recovery window: ${reach}\n`,
    `disk:            ${formatBytes(plan.diskNeeded)} needed, ${formatBytes(plan.diskFree)} free\n`,
    stepsText(plan),
    binlogsText(plan),
    ...plan.warnings.map((warning) => `\nwarning: ${warning}\n`),
    refusalsText(plan),
  ].join('')
}

const stepsText = ({ steps }: RestorePlan): string => {
  const columns = [
    { title: 'STEP' },
    { title: 'WHAT' },
    { title: 'BYTES', align: 'right' },
  ] as const
  const rows = steps.map(({ step, what, bytes }) => [step, what, formatBytes(bytes)])
  return steps.length === 0 ? '' : `\n${formatTable(columns, rows)}`
}

const binlogsText = ({ binlogs }: RestorePlan): string => {
  const columns = [
    { title: 'BINLOG' },
    { title: 'FROM', align: 'right' },
    { title: 'TO', align: 'right' },
  ] as const
  const rows = binlogs.map(({ file, from, to }) => [file, String(from), String(to)])
  return binlogs.length === 0 ? '' : `\n${formatTable(columns, rows)}`
}

const refusalsText = ({ refusals }: RestorePlan): string =>
  refusals.length === 0
    ? ''
    : `\nthis restore would be refused:\n${refusals
        .map(({ code, message, hint }) => {
          const advice = hint === undefined ? '' : `    hint: ${hint}\n`
          return `  ${code} ${message}\n${advice}`
        })
        .join('')}`

/** A finished restore as a document and as text. */
export const restoreResult = (outcome: RestoreOutcome, durationMs: number): CommandResult => ({
  document: {
    target: targetDocument(outcome.plan.target),
    targetDir: outcome.targetDir,
    chain: outcome.plan.chain,
    binlogs: outcome.plan.binlogs,
    appliedBy: outcome.plan.appliedBy ?? null,
    files: outcome.files,
    bytes: outcome.bytes,
    gtidExecuted: outcome.replayed?.gtidExecuted ?? null,
    transactionsReplayed: outcome.replayed?.transactions ?? null,
    skippedGtids: outcome.replayed?.skippedGtids ?? null,
    lastTransactionAt: outcome.replayed?.lastTime ?? null,
    instance: outcome.instance ?? null,
    durationMs: Math.round(durationMs),
  },
  text: [
    `restored:   ${targetText(outcome.plan)}\n`,
    `chain:      ${outcome.plan.chain.join(' ==> ')}\n`,
    ...(outcome.plan.appliedBy === undefined ? [] : [`applied by: ${outcome.plan.appliedBy}\n`]),
    `directory:  ${outcome.targetDir}\n`,
    `data:       ${outcome.files} files, ${formatBytes(outcome.bytes)}\n`,
    ...replayedText(outcome),
    ...instanceText(outcome),
    `took:       ${formatDuration(durationMs)}\n`,
  ].join(''),
})

const replayedText = ({ replayed }: RestoreOutcome): readonly string[] => {
  if (replayed === undefined) return []
  const { transactions, skippedGtids, lastTime, gtidExecuted } = replayed
  const last = lastTime === undefined ? '' : `, the last of ${lastTime.toISOString()}`
  return [
    `replayed:   ${transactions} transaction${transactions === 1 ? '' : 's'}${last}\n`,
    ...(skippedGtids === undefined ? [] : [`left out:   ${skippedGtids}\n`]),
    ...(gtidExecuted === '' ? [] : [`GTIDs:      ${gtidExecuted}\n`]),
  ]
}

const instanceText = ({ instance }: RestoreOutcome): readonly string[] =>
  instance === undefined
    ? []
    : [
        `running:    pid ${instance.pid}, log ${instance.logFile}, options ${instance.configFile}\n`,
        `connect:    mysql --socket=${instance.socket}\n`,
      ]
