// doctor --fix: runs the statements that checks name, and says what each one did.

import type { CheckResult } from '../clone/check.ts'
import { ClonectlError } from '../errors.ts'
import type { Session } from '../mysql/session.ts'
import type { Reporter } from '../report/reporter.ts'

export interface AppliedFix {
  readonly check: string
  readonly statement: string
  /** What the server answered when it refused; undefined when it did it. */
  readonly error: string | undefined
}

/** Runs the statements in order. After one that failed, the rest of the same check is left out. */
export const applyFixes = async (
  session: Session,
  checks: readonly CheckResult[],
  reporter: Reporter,
): Promise<readonly AppliedFix[]> => {
  const applied: AppliedFix[] = []
  for (const check of checks.filter(({ state }) => state !== 'ok'))
    for (const statement of check.fix ?? []) {
      reporter.step('fix', { check: check.name, statement })
      const error = await tryStatement(session, statement)
      applied.push({ check: check.name, statement, error })
      if (error !== undefined) break
    }
  return applied
}

/** A refusal is an outcome here: the other checks' fixes are tried all the same. */
const tryStatement = async (session: Session, statement: string): Promise<string | undefined> => {
  try {
    await session.query(statement)
    return undefined
  } catch (error) {
    if (error instanceof ClonectlError) return error.message
    throw error
  }
}
