// A server makes one clone at a time and refuses the next (ERROR 3634).

import { type CloneStatus, readCloneStatus } from '../../mysql/clone-status.ts'
import { isInside, realPathOfNearest } from '../../system/real-path.ts'
import type { Check } from '../check.ts'

export const cloneRunning: Check = {
  name: 'clone-running',
  run: async ({ session, repository }) => {
    const rows = await readCloneStatus(session)
    const clone = rows.find((row) => row.state === 'In Progress')
    if (clone === undefined) return { state: 'ok', message: 'no clone is running' }
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

const goesInto = async (
  repository: string | undefined,
  { destination }: CloneStatus,
): Promise<boolean> =>
  repository !== undefined &&
  destination.startsWith('/') &&
  isInside(await realPathOfNearest(destination), await realPathOfNearest(repository))
