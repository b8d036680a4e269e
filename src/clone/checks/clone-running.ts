// A server makes one clone at a time and refuses the next (ERROR 3634).

import { type CloneStatus, readCloneStatus } from '../../mysql/clone-status.ts'
import type { Session } from '../../mysql/session.ts'
import { isInside, realPathOfNearest } from '../../system/real-path.ts'
import type { Check } from '../check.ts'

export const cloneRunning: Check = {
  name: 'clone-running',
  run: async ({ recipient: { session }, repository }) => {
    const rows = await readCloneStatus(session)
    const clone = rows.find((row) => row.state === 'In Progress')
    if (clone === undefined) return { state: 'ok', message: 'no clone is running' }
    if (!(await isThere(session, clone.pid)))
      return {
        state: 'warn',
        message: `a clone into ${clone.destination} is said to run, and its session ${clone.pid} is gone`,
        hint: 'GreatSQL loses a slot for clones when the directory of a base cannot be read; a restart gives it back.',
      }
    const message = `session ${clone.pid} is cloning into ${clone.destination}`
    // The repository's lock tells whether that run is alive; a dead run's clone is ended by the next.
    if (await goesInto(repository, clone))
      return {
        state: 'warn',
        message: `${message}, in this repository`,
        hint: 'If its run is dead, the next backup ends it.',
      }
    return {
      state: 'fail',
      message,
      hint: `Wait until it has ended, or end it on the server: KILL QUERY ${clone.pid}`,
    }
  },
}

const isThere = async (session: Session, connectionId: number): Promise<boolean> =>
  (await session.value(
    `SELECT COUNT(*) FROM performance_schema.threads WHERE PROCESSLIST_ID = ${connectionId}`,
  )) !== '0'

const goesInto = async (
  repository: string | undefined,
  { destination }: CloneStatus,
): Promise<boolean> =>
  repository !== undefined &&
  destination.startsWith('/') &&
  isInside(await realPathOfNearest(destination), await realPathOfNearest(repository))
