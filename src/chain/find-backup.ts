// Finds the backup a user means: a whole id, a unique beginning of one, or a word for one.

import { ClonectlError } from '../errors.ts'
import { type Backup, byBeginTime } from './backup.ts'

const WORDS = new Map<string, (ordered: readonly Backup[]) => Backup | undefined>([
  ['latest', (ordered) => ordered.at(-1)],
  ['oldest', (ordered) => ordered[0]],
  ['latest-full', (ordered) => ordered.filter((backup) => backup.type === 'full').at(-1)],
])

/** The backup that `reference` names. Throws BACKUP_UNKNOWN when none or several are meant. */
export const findBackup = (reference: string, backups: readonly Backup[]): Backup => {
  const ordered = [...backups].sort(byBeginTime)
  const word = WORDS.get(reference)
  const found =
    word === undefined
      ? ordered.filter((backup) => reference !== '' && backup.id.startsWith(reference))
      : [word(ordered)].filter((backup) => backup !== undefined)
  const exact = found.find((backup) => backup.id === reference)
  const [only] = found
  if (exact !== undefined) return exact
  if (only !== undefined && found.length === 1) return only
  throw new ClonectlError(
    'BACKUP_UNKNOWN',
    found.length === 0
      ? `no sealed backup is called ${reference}`
      : `${reference} is the beginning of ${found.length} ids: ${found.map((b) => b.id).join(', ')}`,
    { hint: 'clonectl chain list shows the ids', details: { reference } },
  )
}
