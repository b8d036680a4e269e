// The pins of backups, as the listings show them.

import type { Backup } from '../../chain/backup.ts'
import { membersOf, type RepositoryView } from '../repository-view.ts'

type Remembered = Pick<RepositoryView, 'notes'>

/** `pin` of the documents. */
export const pinField = ({ notes }: Remembered, { id }: Backup): object => ({
  pin: notes.get(id)?.notes.pin ?? null,
})

/** One line for each pin, and for notes in which one may stand; empty when there is none. */
export const pinText = (view: RepositoryView): string => {
  const lines = membersOf(view).flatMap(({ backup }) => linesOf(view, backup))
  return lines.length === 0 ? '' : `\n${lines.join('\n')}\n`
}

const linesOf = ({ notes }: Remembered, { id }: Backup): readonly string[] => {
  const reading = notes.get(id)
  if (reading === undefined) return []
  const { problem } = reading
  if (problem !== undefined) return [`damaged   ${id}: ${problem.code} ${problem.message}`]
  const { pin } = reading.notes
  if (pin === null) return []
  const reason = pin.reason === null ? '' : ` (${pin.reason})`
  return [
    `pinned    ${id}: ${pin.until === null ? 'until it is unpinned' : `until ${pin.until}`}${reason}`,
  ]
}
