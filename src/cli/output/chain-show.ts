// `chain show`: each chain as paths and as a tree.

import type { BinlogArchive } from '../../binlog/binlog-archive.ts'
import { recoveryWindows } from '../../binlog/recovery-windows.ts'
import { archiveGaps } from '../../binlog/server-recovery.ts'
import type { ArchiveGap } from '../../binlog/verify-problem.ts'
import type { Chain, Member } from '../../chain/chains.ts'
import { recoveryWindow, type RecoveryWindow } from '../../chain/recovery-window.ts'
import type { CommandResult } from '../command.ts'
import { membersOf, type RepositoryView } from '../repository-view.ts'
import { alsoOnText, formatInstant, memberFields, stateOf } from './backup-fields.ts'
import { gapFields, gapLine, isPoint, recoveryLines } from './binlog-fields.ts'
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
export const chainShowResult = (
  view: RepositoryView,
  archives: readonly BinlogArchive[],
): CommandResult => ({
  document: {
    chains: view.chains.map((chain) => chainFields(view, chain, archives)),
    orphans: view.orphans.map((member) => verifiedMemberFields(view, member)),
    binlogGaps: gapsOf(view, archives).map(gapFields),
    ...problemFields(view),
  },
  text:
    (view.chains.map((chain) => chainText(view, chain, archives)).join('\n') || 'no chains\n') +
    pinText(view) +
    gapText(gapsOf(view, archives)) +
    problemText(view),
})

/** In the archives of the servers that are shown. */
const gapsOf = (
  { chains }: RepositoryView,
  archives: readonly BinlogArchive[],
): readonly ArchiveGap[] => {
  const shown = new Set(chains.map(({ full }) => full.serverUuid))
  return archives.filter(({ serverUuid }) => shown.has(serverUuid)).flatMap(archiveGaps)
}

const gapText = (gaps: readonly ArchiveGap[]): string =>
  gaps.length === 0 ? '' : `\n${gaps.map(gapLine).join('')}`

const usableIn = ({ members }: Chain): readonly Member[] =>
  members.filter(({ problems }) => problems.length === 0)

/** With the archived binlogs; what any backup saw of a server tells how far they reach. */
const windowsOf = (
  view: RepositoryView,
  chain: Chain,
  archives: readonly BinlogArchive[],
): readonly RecoveryWindow[] =>
  recoveryWindows(
    usableIn(chain).map(({ backup }) => backup),
    archives,
    membersOf(view).map(({ backup }) => backup),
  )

const windowOf = (chain: Chain): RecoveryWindow | undefined => {
  const usable = usableIn(chain)
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

const chainFields = (
  view: RepositoryView,
  chain: Chain,
  archives: readonly BinlogArchive[],
): object => ({
  id: chain.full.id,
  serverUuid: chain.full.serverUuid,
  engine: chain.full.engine,
  full: chain.full.id,
  members: chain.members.map((member) => verifiedMemberFields(view, member)),
  recoveryWindow: windowOf(chain) ?? null,
  recoveryWindows: windowsOf(view, chain, archives),
})

const chainText = (
  view: RepositoryView,
  chain: Chain,
  archives: readonly BinlogArchive[],
): string => {
  const { id, serverUuid, engine, standsFor } = chain.full
  const rows = treeOf(chain).map(({ branch, member }) => treeRow(view, branch, member))
  return [
    `chain ${id}, server ${serverUuid}, engine ${engine}`,
    ...(standsFor === undefined ? [] : [`merged, in place of ${standsFor}`]),
    ...windowLines(view, chain, archives),
    '',
    ...pathsOf(chain).map((path) => path.join(' ==> ')),
    '',
    formatTable(COLUMNS, rows) + alsoOnLines(chain),
  ].join('\n')
}

/** Where none of its binlogs are archived, others may lie elsewhere. */
const windowLines = (
  view: RepositoryView,
  chain: Chain,
  archives: readonly BinlogArchive[],
): readonly string[] => {
  const window = windowOf(chain)
  if (window === undefined) return ['recovery window: none']
  const windows = windowsOf(view, chain, archives)
  const text = `recovery window: ${window.from.toISOString()} to ${window.to.toISOString()}`
  const isArchived = archives.some(({ serverUuid }) => serverUuid === chain.full.serverUuid)
  if (!isArchived && windows.every(isPoint)) return [`${text}, and later with binlogs`]
  return [
    text,
    ...recoveryLines({ windows }).map((line) => line.replace(/^[^:]*:/, 'with binlogs:   ')),
  ]
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
