// `chain list`: every backup on a line.

import type { Member } from '../../chain/chains.ts'
import type { CommandResult } from '../command.ts'
import { membersOf, type RepositoryView } from '../repository-view.ts'
import { backupFields, formatInstant, shortType, stateOf } from './backup-fields.ts'
import { formatBytes } from './bytes.ts'
import { lastDrilledField, lastDrilledText } from './last-drilled.ts'
import { lastVerifiedField, lastVerifiedText } from './last-verified.ts'
import { pinField, pinText } from './pinned.ts'
import { problemFields, problemText } from './repository-problems.ts'
import { type Column, formatTable } from './table.ts'

const COLUMNS: readonly Column[] = [
  { title: 'ID' },
  { title: 'TYPE' },
  { title: 'BASE' },
  { title: 'BEGUN' },
  { title: 'ENDED' },
  { title: 'START LSN', align: 'right' },
  { title: 'END LSN', align: 'right' },
  { title: 'STORED', align: 'right' },
  { title: 'RESULT', align: 'right' },
  { title: 'STATE' },
  { title: 'VERIFIED' },
  { title: 'DRILLED' },
  { title: 'LABEL' },
]

const row = (view: RepositoryView, { backup, base, problems }: Member): readonly string[] => [
  backup.id,
  shortType(backup),
  base ?? '',
  formatInstant(backup.beginTime),
  formatInstant(backup.endTime),
  backup.startLsn.toString(),
  backup.endLsn.toString(),
  formatBytes(backup.storedBytes),
  formatBytes(backup.resultBytes),
  stateOf(problems),
  lastVerifiedText(view, backup),
  lastDrilledText(view, backup),
  backup.label ?? '',
]

/** The list as a document and as a table. */
export const chainListResult = (view: RepositoryView): CommandResult => {
  const members = membersOf(view)
  const table =
    members.length === 0
      ? 'no sealed backups\n'
      : formatTable(
          COLUMNS,
          members.map((member) => row(view, member)),
        )
  return {
    document: {
      backups: members.map((member) => ({
        ...backupFields(member),
        ...lastVerifiedField(view, member.backup),
        ...lastDrilledField(view, member.backup),
        ...pinField(view, member.backup),
      })),
      ...problemFields(view),
    },
    text: table + pinText(view) + problemText(view),
  }
}
