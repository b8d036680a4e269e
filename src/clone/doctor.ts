// What `doctor --fix` does: it runs the statements that the checks themselves named.

import { ClonectlError } from '../errors.ts'
import { isConnectionLost } from '../mysql/server-errno.ts'
import type { Session } from '../mysql/session.ts'
import type { CheckResult } from './check.ts'

export interface AppliedFix {
  /** Name of the check that asked for it. */
  readonly check: string
  readonly statement: string
  /** Why the server refused; undefined when the statement was carried out. */
  readonly error: string | undefined
}

/**
 * Runs every fix of what failed or was warned of, each statement once. A refused statement does
 * not stop the others. Read the capabilities again before checking again. Throws SERVER when the
 * connection is lost.
 */
export const applyFixes = async (
  session: Session,
  results: readonly CheckResult[],
): Promise<readonly AppliedFix[]> => {
  const applied: AppliedFix[] = []
  for (const { name, state, fix } of results) {
    if (state === 'ok') continue
    for (const statement of fix ?? []) {
      if (applied.some((done) => done.statement === statement)) continue
      applied.push({ check: name, statement, error: await refusalOf(session, statement) })
    }
  }
  return applied
}

const refusalOf = async (session: Session, statement: string): Promise<string | undefined> => {
  try {
    await session.query(statement)
    return undefined
  } catch (error) {
    if (!(error instanceof ClonectlError) || isConnectionLost(error)) throw error
    return error.message
  }
}
