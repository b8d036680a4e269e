// What `doctor` answers: every check with what was found and what to do.

import type { CheckResult, Finding } from '../../clone/check.ts'
import { errorTable } from '../../errors.ts'
import type { AppliedFix } from '../apply-fixes.ts'
import type { CommandResult } from '../command.ts'

const MARKS = { ok: 'ok  ', warn: 'warn', fail: 'FAIL' } as const satisfies Record<
  Finding['state'],
  string
>

/** The checks as a document and as text. A failed one makes it the exit code of PREFLIGHT. */
export const doctorResult = (
  checks: readonly CheckResult[],
  fixes: readonly AppliedFix[],
): CommandResult => ({
  document: {
    checks: checks.map(({ name, state, message, hint, fix }) => ({
      name,
      state,
      message,
      hint,
      fix: fix ?? [],
    })),
    fixes: fixes.map(({ check, statement, error }) => ({ check, statement, error: error ?? null })),
  },
  text: [...fixes.map(fixText), ...checks.map(checkText), summary(checks)].join(''),
  exitCode: checks.some(({ state }) => state === 'fail') ? errorTable.PREFLIGHT.exitCode : 0,
})

const fixText = ({ statement, error }: AppliedFix): string =>
  error === undefined ? `fixed: ${statement}\n` : `not fixed: ${statement}\n  ${error}\n`

const checkText = ({ name, state, message, hint, fix = [] }: CheckResult): string => {
  const told = hint === undefined ? [] : [`hint: ${hint}`]
  const statements = fix.filter((statement) => hint?.includes(statement) !== true)
  const advice = state === 'ok' ? [] : [...told, ...statements]
  return [
    `${MARKS[state]}  ${name}: ${message}`,
    ...advice.map((line) => `        ${line}`),
    '',
  ].join('\n')
}

const summary = (checks: readonly CheckResult[]): string => {
  const count = (wanted: Finding['state']): number =>
    checks.filter(({ state }) => state === wanted).length
  return `${checks.length} checks: ${count('fail')} failed, ${count('warn')} with a warning\n`
}
