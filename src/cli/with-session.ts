// A session for as long as some work takes. It stands alone because tsc 6.0 does not rewrite the
// `.ts` of an import() in a function with `await using`, and commands import what they run.

import type { Session } from '../mysql/session.ts'
import type { CommandContext } from './context.ts'

export const withSession = async <T>(
  context: CommandContext,
  work: (session: Session) => Promise<T>,
): Promise<T> => {
  await using session = await context.openSession()
  return await work(session)
}
