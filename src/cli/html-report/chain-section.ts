// One chain: its tree as a table, which on a narrow page becomes a list of cards.

import type { Chain, Member } from '../../chain/chains.ts'
import type { RepositoryObservation } from '../observe-repository.ts'
import { stateOf } from '../output/backup-fields.ts'
import { formatBytes, formatRatio } from '../output/bytes.ts'
import { formatDuration } from '../output/duration.ts'
import { treeOf } from '../output/tree.ts'
import { isDamaged } from '../verified-state.ts'
import { type Content, html, type Html } from './html.ts'
import { instant } from './instant.ts'
import { shortTime } from './time-scale.ts'

/** Open is the one that is worth looking at first. */
export const chainSection = (
  chain: Chain,
  observation: RepositoryObservation,
  open: boolean,
): Html => {
  const { full, members } = chain
  const bytes = members.reduce((sum, { backup }) => sum + backup.storedBytes, 0)
  const broken = members.some(({ problems }) => stateOf(problems) === 'broken')
  const count = members.length === 1 ? 'one backup' : `${members.length} backups`
  return html`<details class="chain" ${OPEN[open ? 'yes' : 'no']}>
    <summary>
      <h4>Chain of ${shortTime(full.endTime)}</h4>
      <span class="quiet">${count}, ${formatBytes(bytes)}</span>
      ${broken ? html`<span class="badge bad">broken</span>` : undefined}
    </summary>
    ${memberTable(
      treeOf(chain).map(({ branch, member }) => ({ branch, member })),
      observation,
      `Backups of the chain of ${shortTime(full.endTime)}`,
    )}
  </details>`
}

const OPEN = { yes: html` open`, no: html`` } as const

/** Increments that have lost their full. */
export const orphanSection = (
  orphans: readonly Member[],
  observation: RepositoryObservation,
): Html =>
  orphans.length === 0
    ? html``
    : html`<details class="chain" open>
        <summary>
          <h4>Without a full</h4>
          <span class="quiet">${orphans.length} that cannot be restored</span>
        </summary>
        ${memberTable(
          orphans.map((member) => ({ branch: '', member })),
          observation,
          'Increments without a full',
        )}
      </details>`

interface Line {
  readonly branch: string
  readonly member: Member
}

/** The roles are said because a table that is laid out as blocks loses them. */
const memberTable = (
  lines: readonly Line[],
  observation: RepositoryObservation,
  caption: string,
): Html =>
  html`<table role="table">
    <caption>
      ${caption}
    </caption>
    <thead role="rowgroup">
      <tr role="row">
        ${COLUMNS.map((title) => html`<th role="columnheader" scope="col">${title}</th>`)}
      </tr>
    </thead>
    <tbody role="rowgroup">
      ${lines.map((line) => memberRow(line, observation))}
    </tbody>
  </table>`

const COLUMNS = ['Backup', 'Ended (UTC)', 'LSN', 'Stored', 'State', 'Verified', 'Drilled'] as const

const memberRow = ({ branch, member }: Line, observation: RepositoryObservation): Html => {
  const cells = [
    endedCell(member, observation),
    lsnCell(member),
    storedCell(member),
    stateCell(member, observation),
    verifiedCell(member, observation),
    drilledCell(member, observation),
  ]
  return html`<tr role="row" id="${member.backup.id}">
    <th role="rowheader" scope="row">${nameCell(branch, member, observation)}</th>
    ${cells.map(
      (cell, index) =>
        html`<td role="cell" data-label="${COLUMNS[index + 1]}"><div>${cell}</div></td>`,
    )}
  </tr>`
}

const nameCell = (branch: string, { backup }: Member, { pinned }: RepositoryObservation): Html =>
  html`${branch === '' ? undefined : html`<span class="branch" aria-hidden="true">${branch}</span>`}<span
      class="id"
      >${backup.id}</span
    >
    ${pinned.has(backup.id) ? html`<span class="badge">pinned</span>` : undefined}
    ${backup.label === undefined ? undefined : html`<span class="label">${backup.label}</span>`}`

const second = (...content: readonly Content[]): Html =>
  html`<span class="second">${content}</span>`

const endedCell = ({ backup }: Member, { durations }: RepositoryObservation): Html => {
  const duration = durations.get(backup.id)
  return html`${instant(backup.endTime)}
  ${duration === undefined ? undefined : second(`took ${formatDuration(duration)}`)}`
}

const lsnCell = ({ backup: { type, startLsn, pageTrackLsn, endLsn } }: Member): Html =>
  html`<span class="lsn">${endLsn.toString()}</span>
    ${type === 'full' ? undefined : second('since ', startLsn.toString())}
    ${pageTrackLsn === endLsn ? undefined : second('track ', pageTrackLsn.toString())}`

const storedCell = ({ backup }: Member): Html => {
  const { storedBytes, resultBytes, compression } = backup
  const how = compression === 'none' ? '' : `, ${compression}`
  return html`${formatBytes(storedBytes)}
  ${second(`${formatRatio(storedBytes, resultBytes)} of ${formatBytes(resultBytes)}${how}`)}`
}

const stateCell = ({ backup, problems }: Member, { view }: RepositoryObservation): Html => {
  if (stateOf(problems) === 'broken')
    return html`<span class="badge bad">broken</span> ${second(problems[0]?.code)}`
  const verified = view.verified.get(backup.id)
  return verified !== undefined && isDamaged(verified)
    ? html`<span class="badge bad">damaged</span>`
    : html`<span class="badge good">ok</span>`
}

const verifiedCell = ({ backup }: Member, { view }: RepositoryObservation): Html => {
  const last = view.verified.get(backup.id)?.last ?? null
  if (last === null) return never
  const sample = last.samplePercent === null ? 'every file' : `${last.samplePercent} % of it`
  const found = last.problems === 0 ? '' : `, problems: ${last.problems}`
  return html`${instant(new Date(last.at))}
  ${second(`${sample}${last.deep ? ', every page' : ''}${found}`)}`
}

const drilledCell = ({ backup }: Member, { view }: RepositoryObservation): Html => {
  const drill = view.drilled.get(backup.id)
  if (drill === undefined) return never
  const { endedAt, outcome, recoveryMs } = drill
  const took = recoveryMs === null ? '' : `recovered in ${formatDuration(recoveryMs)}`
  return html`${instant(new Date(endedAt))} ${second(outcome === 'ok' ? took : 'failed')}`
}

const never = html`<span class="quiet">never</span>`
