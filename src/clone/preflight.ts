// What stands before every backup: all checks, and one refusal that lists whatever failed.

import { ClonectlError, type ErrorCode } from '../errors.ts'
import type { Reporter } from '../report/reporter.ts'
import type { Check, CheckContext, CheckResult } from './check.ts'
import { allChecks, runChecks } from './checks.ts'

/**
 * Runs the checks, all of them unless told which; warns of what is doubtful. Throws PREFLIGHT
 * with every failure and its hint (details.checks); a full disk alone is SPACE.
 */
export const requirePreflight = async (
  context: CheckContext,
  reporter: Reporter,
  checks: readonly Check[] = allChecks,
): Promise<void> => {
  const results = await runChecks(checks, context)
  for (const { name, message, hint } of results.filter(({ state }) => state === 'warn'))
    reporter.warn(`${name}: ${message}`, hint === undefined ? {} : { hint })
  const failed = results.filter(({ state }) => state === 'fail')
  if (failed.length > 0) throw refusal(failed)
}

/** Scripts tell a full disk by its exit code; among other failures it is one of several. */
const codeOf = (failed: readonly CheckResult[]): ErrorCode =>
  failed.every(({ name }) => name === 'free-space') ? 'SPACE' : 'PREFLIGHT'

const refusal = (failed: readonly CheckResult[]): ClonectlError => {
  const count = failed.length === 1 ? 'a check' : `${failed.length} checks`
  const lines = failed.map(({ name, message }) => `\n  ${name}: ${message}`)
  const hints = failed.flatMap(({ name, hint }) => (hint === undefined ? [] : [`${name}: ${hint}`]))
  return new ClonectlError(codeOf(failed), `${count} failed before the backup:${lines.join('')}`, {
    hint: hints.join('\n'),
    details: { checks: failed },
  })
}
