// `chain show`: each chain as paths and as a tree.

import type { Chain, Member } from '../../chain/chains.ts'
import { recoveryWindow, type RecoveryWindow } from '../../chain/recovery-window.ts'
import type { CommandResult } from '../command.ts'
import type { RepositoryView } from '../repository-view.ts'
import { alsoOnText, formatInstant, memberFields, stateOf } from './backup-fields.ts'
import { formatBytes, formatRatio } from './bytes.ts'
import { lastDrilledField, lastDrilledText } from './last-drilled.ts'
import { lastVerifiedField, lastVerifiedText } from './last-verified.ts'
import { pinField, pinText } from './pinned.ts'
import { problemFields, problemText } from './repository-problems.ts'
import { type Column, formatTable } from './table.ts'
import { pathsOf, treeOf } from './tree.ts'

const COLUMNS: readonly Column[] = [
  { title: 'BACKUP' },
  { title: 'START LSN', align: 'right' },
  { title: 'TRACK LSN', align: 'right' },
  { title: 'END LSN', align: 'right' },
  { title: 'BEGUN' },
  { title: 'ENDED' },
  { title: 'STORED', align: 'right' },
  { title: 'RATIO', align: 'right' },
  { title: 'STATE' },
  { title: 'VERIFIED' },
  { title: 'DRILLED' },
]

/** The chains as a document and as text. */
export const chainShowResult = (view: RepositoryView): CommandResult => ({
  document: {
    chains: view.chains.map((chain) => chainFields(view, chain)),
    orphans: view.orphans.map((member) => verifiedMemberFields(view, member)),
    ...problemFields(view),
  },
  text:
    (view.chains.map((chain) => chainText(view, chain)).join('\n') || 'no chains\n') +
    pinText(view) +
    problemText(view),
})

const windowOf = (chain: Chain): RecoveryWindow | undefined => {
  const usable = chain.members.filter((member) => member.problems.length === 0)
  return recoveryWindow(
    usable.map((member) => member.backup),
    undefined,
  )
}

const verifiedMemberFields = (view: RepositoryView, member: Member): object => ({
  ...memberFields(member),
  ...lastVerifiedField(view, member.backup),
  ...lastDrilledField(view, member.backup),
  ...pinField(view, member.backup),
})

const chainFields = (view: RepositoryView, chain: Chain): object => ({
  id: chain.full.id,
  serverUuid: chain.full.serverUuid,
  engine: chain.full.engine,
  full: chain.full.id,
  members: chain.members.map((member) => verifiedMemberFields(view, member)),
  recoveryWindow: windowOf(chain) ?? null,
})

const chainText = (view: RepositoryView, chain: Chain): string => {
  const { id, serverUuid, engine, standsFor } = chain.full
  const window = windowOf(chain)
  const reach =
    window === undefined
      ? 'none'
      : `${window.from.toISOString()} to ${window.to.toISOString()}, and later with binlogs`
  const rows = treeOf(chain).map(({ branch, member }) => treeRow(view, branch, member))
  return [
    `chain ${id}, server ${serverUuid}, engine ${engine}`,
    ...(standsFor === undefined ? [] : [`merged, in place of ${standsFor}`]),
    `recovery window: ${reach}`,
    '',
    ...pathsOf(chain).map((path) => path.join(' ==> ')),
    '',
    formatTable(COLUMNS, rows) + alsoOnLines(chain),
  ].join('\n')
}

const alsoOnLines = ({ members }: Chain): string => {
  const lines = members
    .filter(({ alsoOn }) => alsoOn.length > 0)
    .map(({ backup, alsoOn }) => `also on   ${backup.id}: ${alsoOnText(alsoOn)}\n`)
  return lines.length === 0 ? '' : `\n${lines.join('')}`
}

const treeRow = (
  view: RepositoryView,
  branch: string,
  { backup, problems }: Member,
): readonly string[] => [
  `${branch}${backup.id}`,
  backup.startLsn.toString(),
  backup.pageTrackLsn.toString(),
  backup.endLsn.toString(),
  formatInstant(backup.beginTime),
  formatInstant(backup.endTime),
  formatBytes(backup.storedBytes),
  formatRatio(backup.storedBytes, backup.resultBytes),
  stateOf(problems),
  lastVerifiedText(view, backup),
  lastDrilledText(view, backup),
]
