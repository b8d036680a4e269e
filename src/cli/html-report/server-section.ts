// What a repository holds of one server: the facts, the line of time, the sizes, the chains.

import type { ServerRecovery } from '../../binlog/server-recovery.ts'
import type { ServerSummary } from '../../chain/server-summary.ts'
import { type DrilledBackup, judgeDrilled } from '../drilled-state.ts'
import type { RepositoryObservation } from '../observe-repository.ts'
import { isPoint } from '../output/binlog-fields.ts'
import { formatBytes } from '../output/bytes.ts'
import { formatAge, formatDuration } from '../output/duration.ts'
import { judgeVerified } from '../verified-state.ts'
import { chainSection, orphanSection } from './chain-section.ts'
import { type Content, html, type Html } from './html.ts'
import { instant } from './instant.ts'
import { sizeChart } from './size-chart.ts'
import { timeline } from './timeline.ts'

/** Who a server was when its newest backup was taken. */
export interface ServerName {
  readonly hostname: string
  /** Such as `MySQL 9.7.4`. */
  readonly product: string
}

export interface ServerFacts {
  readonly server: ServerSummary
  /** Undefined when no manifest of it could be read. */
  readonly name: ServerName | undefined
  /** Makes the names of its parts unique on the page. */
  readonly key: string
}

/** The section of one server. */
export const serverSection = (facts: ServerFacts, observation: RepositoryObservation): Html => {
  const { server, name, key } = facts
  const newest = server.chains.at(-1)
  return html`<section aria-labelledby="${key}">
    <h2 id="${key}">${name?.hostname || server.serverUuid}</h2>
    <p class="who">
      ${name === undefined ? undefined : html`${name.product}, `}engine ${server.engine}, server
      <span class="id">${server.serverUuid}</span>
    </p>
    <dl class="facts">${factsOf(server, observation)}</dl>
    <h3>What can be restored</h3>
    ${timeline({
      key: `${key}-time`,
      chains: server.chains,
      window: server.window,
      reached: recoveryOf(server, observation)?.windows,
      at: observation.at,
    })}
    <h3>Sizes</h3>
    <div class="charts">${sizeCharts(server, key)}</div>
    <h3>Chains</h3>
    ${[...server.chains].reverse().map((chain) => chainSection(chain, observation, chain === newest))}
    ${orphanSection(server.orphans, observation)}
  </section>`
}

const sizeCharts = ({ members }: ServerSummary, key: string): readonly Html[] => {
  const of = (type: 'full' | 'increment') =>
    members.map(({ backup }) => backup).filter((backup) => backup.type === type)
  return [
    sizeChart({ key: `${key}-full`, title: 'Fulls', backups: of('full'), withResult: true }),
    sizeChart({
      key: `${key}-incr`,
      title: 'Increments',
      backups: of('increment'),
      withResult: false,
    }),
  ]
}

/** A name, what there is to say, and the details in small letters below. */
const fact = (name: string, value: Content, ...details: readonly Content[]): Html =>
  html`<div>
    <dt>${name}</dt>
    <dd>${value} ${details.map((detail) => html`<span class="second">${detail}</span>`)}</dd>
  </div>`

/** Undefined where no binlogs of it are archived. */
const recoveryOf = (
  { serverUuid }: ServerSummary,
  { recoveries }: RepositoryObservation,
): ServerRecovery | undefined =>
  recoveries.find((one) => one.serverUuid === serverUuid && one.archives.length > 0)

const factsOf = (server: ServerSummary, observation: RepositoryObservation): readonly Html[] => [
  newestFact(server, observation),
  windowFact(server),
  ...binlogFact(recoveryOf(server, observation)),
  verifiedFact(server, observation),
  drilledFact(server, observation),
  storedFact(server),
]

const newestFact = (
  { newest, newestLineage }: ServerSummary,
  { at }: RepositoryObservation,
): Html => {
  if (newest === undefined) return fact('Newest backup', 'none that can be restored')
  const age = formatAge(Math.max(0, at.getTime() - newest.endTime.getTime()))
  const what = lineageText(newestLineage.length - 1)
  return fact('Newest backup', `${age} old`, instant(newest.endTime), what)
}

const lineageText = (increments: number): string => {
  if (increments === 0) return 'a full'
  return increments === 1 ? 'one increment on a full' : `${increments} increments on a full`
}

const windowFact = ({ window }: ServerSummary): Html =>
  window === undefined
    ? fact('Recovery window', 'none')
    : fact(
        'Recovery window',
        formatAge(window.to.getTime() - window.from.getTime()),
        html`${instant(window.from)} to`,
        instant(window.to),
      )

/** The newest stretch of time in which any moment can be restored. */
const binlogFact = (recovery: ServerRecovery | undefined): readonly Html[] => {
  const newest = recovery?.windows.at(-1)
  if (recovery === undefined || newest === undefined) return []
  const { gaps } = recovery
  const inBetween = gaps.length === 1 ? '1 gap' : `${gaps.length} gaps`
  return [
    fact(
      'With binlogs',
      isPoint(newest)
        ? 'no other moment'
        : `any moment of ${formatAge(newest.to.getTime() - newest.from.getTime())}`,
      html`${instant(newest.from)} to`,
      instant(newest.to),
      gaps.length === 0 ? undefined : `${inBetween} in the archive`,
    ),
  ]
}

const verifiedFact = ({ members }: ServerSummary, { view, at }: RepositoryObservation): Html => {
  const { lastSuccess, sound, never } = judgeVerified(members, view.verified)
  if (lastSuccess === undefined) return fact('Last verified', 'never')
  const age = formatAge(Math.max(0, at.getTime() - lastSuccess.getTime()))
  return fact('Last verified', `${age} ago`, `${sound} found right`, `${never} never verified`)
}

const drilledFact = ({ members }: ServerSummary, { view, at }: RepositoryObservation): Html => {
  const { last, lastSuccess } = judgeDrilled(members, view.drilled)
  const ago = (drill: DrilledBackup): string =>
    `${formatAge(Math.max(0, at.getTime() - Date.parse(drill.endedAt)))} ago`
  const failed = last?.outcome === 'failed' ? `the last one failed ${ago(last)}` : undefined
  if (lastSuccess === undefined) return fact('Last good drill', 'never', failed)
  const { recoveryMs } = lastSuccess
  const took = recoveryMs === null ? undefined : `recovered in ${formatDuration(recoveryMs)}`
  return fact('Last good drill', ago(lastSuccess), took, failed)
}

const storedFact = ({ storedBytes, members, chains }: ServerSummary): Html =>
  fact(
    'Stored',
    formatBytes(storedBytes),
    `${members.length === 1 ? '1 backup' : `${members.length} backups`} in ${chains.length === 1 ? '1 chain' : `${chains.length} chains`}`,
  )
