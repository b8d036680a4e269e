// What `trash list` and `trash empty` answer.

import { errorTable } from '../../errors.ts'
import type { EmptyOutcome } from '../../repository/empty-trash.ts'
import type { Trash, TrashEntry } from '../../repository/trash-entries.ts'
import type { CommandResult } from '../command.ts'
import { formatInstant } from './backup-fields.ts'
import { formatBytes } from './bytes.ts'
import { type Column, formatTable } from './table.ts'

const COLUMNS: readonly Column[] = [
  { title: 'NAME' },
  { title: 'SINCE' },
  { title: 'BYTES', align: 'right' },
  { title: 'WHY' },
]

const entryFields = ({ name, id, since, bytes, why, path }: TrashEntry): object => ({
  ...{ name, id, since, bytes, why, path },
})

const bytesOf = (entries: readonly TrashEntry[]): number =>
  entries.reduce((sum, { bytes }) => sum + bytes, 0)

const countText = (entries: readonly TrashEntry[]): string =>
  `${entries.length} director${entries.length === 1 ? 'y' : 'ies'}, ${formatBytes(bytesOf(entries))}`

const tableText = (entries: readonly TrashEntry[]): string =>
  entries.length === 0
    ? ''
    : `${formatTable(
        COLUMNS,
        entries.map(({ name, since, bytes, why }) => [
          name,
          formatInstant(since),
          formatBytes(bytes),
          why,
        ]),
      )}\n`

const strangerText = (strangers: readonly string[]): string =>
  strangers
    .map((name) => `stranger  ${name}: clonectl did not put it here and leaves it\n`)
    .join('')

export const trashListResult = ({ entries, strangers }: Trash): CommandResult => ({
  document: { entries: entries.map(entryFields), bytes: bytesOf(entries), strangers },
  text: `${tableText(entries)}${strangerText(strangers)}in the trash: ${countText(entries)}\n`,
})

/** What could not be removed makes it the exit code of PARTIAL. */
export const trashEmptyResult = (
  { chosen, younger, strangers, failed }: EmptyOutcome,
  confirmed: boolean,
): CommandResult => ({
  document: {
    confirmed,
    removed: chosen.map(entryFields),
    bytes: bytesOf(chosen),
    kept: younger.map(entryFields),
    strangers,
    failed,
  },
  text: [
    tableText(chosen),
    strangerText(strangers),
    ...failed.map(({ name, message }) => `failed    ${name}: ${message}\n`),
    confirmed
      ? `removed:   ${countText(chosen)}\n`
      : `to remove: ${countText(chosen)}${chosen.length === 0 ? '' : '; nothing was changed, --confirm removes them for good'}\n`,
    ...(younger.length === 0 ? [] : [`younger:   ${countText(younger)}\n`]),
  ].join(''),
  exitCode: failed.length === 0 ? 0 : errorTable.PARTIAL.exitCode,
})
