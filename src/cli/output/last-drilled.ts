// When a backup was last drilled, and how long a recovery took, as the listings show it.

import type { Backup } from '../../chain/backup.ts'
import type { RepositoryView } from '../repository-view.ts'
import { formatInstant } from './backup-fields.ts'
import { formatDuration } from './duration.ts'

type Remembered = Pick<RepositoryView, 'drilled'>

/** `lastDrilled` of the documents. */
export const lastDrilledField = ({ drilled }: Remembered, { id }: Backup): object => {
  const last = drilled.get(id)
  if (last === undefined) return { lastDrilled: null }
  const { begunAt, outcome, code, target, recoveryMs, durationMs } = last
  const { tables, problems, clonectlVersion, mysqldVersion } = last
  return {
    lastDrilled: {
      ...{ at: begunAt, outcome, code, target, recoveryMs, durationMs },
      ...{ tables, problems, clonectlVersion, mysqldVersion },
    },
  }
}

/** For tables: when, and the recovery time or that it failed. */
export const lastDrilledText = ({ drilled }: Remembered, { id }: Backup): string => {
  const last = drilled.get(id)
  if (last === undefined) return 'never'
  const { begunAt, outcome, recoveryMs } = last
  const result = outcome === 'failed' ? 'FAILED' : formatDuration(recoveryMs ?? 0)
  return `${formatInstant(new Date(begunAt))} ${result}`
}
