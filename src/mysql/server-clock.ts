// What time it is on the server.

import { ClonectlError } from '../errors.ts'
import { parseServerTime } from './server-time.ts'
import type { Session } from './session.ts'

/** Reads the server's clock. Throws SERVER. */
export const readServerClock = async (session: Session): Promise<Date> => {
  const now = parseServerTime(await session.value('SELECT NOW(6)'))
  if (now !== null) return now
  throw new ClonectlError('SERVER', 'the server does not tell the time (SELECT NOW(6))', {
    hint: 'clonectl needs it to order backups; check what the server answers',
  })
}
