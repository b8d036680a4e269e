// What `chain pin`, `chain unpin` and `chain label` answer.

import type { BackupId } from '../../chain/backup-id.ts'
import type { Annotated } from '../../repository/annotate.ts'
import type { Pin } from '../../repository/notes-file.ts'
import type { CommandResult } from '../command.ts'

/** `keeps` are the backups that stay with a pinned one. */
export const pinResult = (
  { backup: { id }, before, after }: Annotated,
  keeps: readonly BackupId[],
): CommandResult => {
  const { pin } = after
  const document = { id, pin, before: before.pin, keeps: pin === null ? [] : keeps }
  if (pin === null)
    return {
      document,
      text: `${id} ${before.pin === null ? 'was not pinned' : 'is not pinned any more'}\n`,
    }
  const lines = [`${id} is pinned${tail(pin)}`, ...keeps.map((kept) => `with it stays ${kept}`)]
  return { document, text: `${lines.join('\n')}\n` }
}

export const labelResult = ({ backup: { id, label }, before }: Annotated): CommandResult => ({
  document: { id, label: label ?? null, before: before.label },
  text: label === undefined ? `${id} has no label\n` : `${id} is labelled ${label}\n`,
})

const tail = ({ until, reason }: Pin): string =>
  `${until === null ? '' : ` until ${until}`}${reason === null ? '' : ` (${reason})`}`
