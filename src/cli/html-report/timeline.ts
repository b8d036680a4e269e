// When a server can be brought back to: a line of time with its recovery window and, below it, each
// chain with its backups. Positions are per cent of the width, so that texts keep their size on a phone.

import type { Chain, Member } from '../../chain/chains.ts'
import { isBreaking } from '../../chain/problem.ts'
import type { RecoveryWindow } from '../../chain/recovery-window.ts'
import { formatBytes } from '../output/bytes.ts'
import { html, type Html } from './html.ts'
import { shortTime, type TimeScale, ticksOf, timeScale } from './time-scale.ts'

export interface TimelineFacts {
  /** Makes the names of its parts unique on the page. */
  readonly key: string
  /** Oldest first. */
  readonly chains: readonly Chain[]
  readonly window: RecoveryWindow | undefined
  /** What the archived binlogs reach; undefined where none are archived, and others may lie elsewhere. */
  readonly reached: readonly RecoveryWindow[] | undefined
  /** When the repository was looked at: the end of the line. */
  readonly at: Date
}

/** More chains than these make the picture longer, not clearer: the newest are drawn. */
const MOST_CHAINS = 12
/** Four of them stand beside each other on a phone. */
const MOST_TICKS = 4
/** More than these nobody listens to: the newest are told. */
const MOST_SPANS = 4
const HEAD = 46
const ROW = 38
const FOOT = 30

/** The picture with its legend. */
export const timeline = ({ key, chains, window, reached, at }: TimelineFacts): Html => {
  const shown = chains.slice(-MOST_CHAINS)
  const [first] = shown
  if (first === undefined) return html``
  const left = chains.length - shown.length
  // What is not drawn takes no room: the window then comes in from the left.
  const beginning = left > 0 ? undefined : window?.from
  const scale = timeScale(earlier(first.full.beginTime, beginning), at)
  const height = HEAD + shown.length * ROW + FOOT
  return html`<figure class="timeline">
    <svg width="100%" height="${height}" role="img" aria-labelledby="${key}-title ${key}-desc">
      <title id="${key}-title">Recovery window and chains on a line of time</title>
      <desc id="${key}-desc">${describe(shown, window, reached)}</desc>
      ${axis(scale, height)} ${windowBar(scale, window, reached)}
      ${shown.map((chain, index) => chainRow(scale, chain, HEAD + index * ROW))}
    </svg>
    <figcaption>
      <span class="key"><i class="mark full"></i>full</span>
      <span class="key"><i class="mark incr"></i>increment</span>
      <span class="key"><i class="mark broken"></i>cannot be restored</span>
      <span class="key"><i class="mark window"></i>recovery window</span>
      ${
        reached === undefined
          ? html`<span class="key"><i class="mark later"></i>with binlogs</span>`
          : undefined
      }
      ${left > 0 ? html`<span>${left} older chains are not drawn.</span>` : undefined}
    </figcaption>
  </figure>`
}

const earlier = (one: Date, other: Date | undefined): Date =>
  other !== undefined && other < one ? other : one

const describe = (
  chains: readonly Chain[],
  window: RecoveryWindow | undefined,
  reached: readonly RecoveryWindow[] | undefined,
): string => {
  const reach = window === undefined ? 'Nothing can be restored.' : describeReach(window, reached)
  const rows = chains.map(
    ({ full, members }) => `A chain of ${members.length} since ${shortTime(full.endTime)}.`,
  )
  return [reach, ...rows].join(' ')
}

const describeReach = (
  window: RecoveryWindow,
  reached: readonly RecoveryWindow[] | undefined,
): string => {
  const span = ({ from, to }: RecoveryWindow): string =>
    `${shortTime(from)} to ${shortTime(to)} UTC`
  return reached === undefined
    ? `The ends of backups from ${span(window)} can be restored, with binlogs everything between and after.`
    : `Any moment can be restored from ${reached.slice(-MOST_SPANS).map(span).join(', and from ')}.`
}

const percent = (share: number): string => `${(1 + share * 98).toFixed(3)}%`

const axis = (scale: TimeScale, height: number): Html => {
  const ticks = ticksOf(scale, MOST_TICKS)
  return html`<line class="rule" x1="0" x2="100%" y1="${height - FOOT}" y2="${height - FOOT}" />
    ${ticks.map(({ time, label }) => {
      const x = scale.at(time)
      // At the edges a label in the middle of its tick would be cut off.
      const anchor = x < 0.12 ? 'start' : x > 0.88 ? 'end' : 'middle'
      return html`<line
          class="grid"
          x1="${percent(x)}"
          x2="${percent(x)}"
          y1="0"
          y2="${height - FOOT + 5}"
        />
        <text class="tick" x="${percent(x)}" y="${height - 8}" text-anchor="${anchor}">
          ${label}
        </text>`
    })}`
}

/**
 * Where binlogs are archived, solid where any moment can be restored. Without, solid as far as the backups
 * reach, then to now as far as binlogs may that lie elsewhere.
 */
const windowBar = (
  scale: TimeScale,
  window: RecoveryWindow | undefined,
  reached: readonly RecoveryWindow[] | undefined,
): Html => {
  if (window === undefined)
    return html`<text class="name" x="1%" y="14">Nothing can be restored</text>`
  const { from, to } = window
  return html`<text class="name" x="1%" y="14">Recovery window since ${shortTime(from)}</text>
    ${reached === undefined ? bar(scale, { from: to, to: scale.to }, LATER) : undefined}
    ${(reached ?? [window]).map((part) => bar(scale, part, SOLID))}`
}

interface BarStyle {
  readonly name: 'window' | 'later'
  readonly top: number
  readonly height: number
}

const SOLID: BarStyle = { name: 'window', top: 22, height: 12 }
const LATER: BarStyle = { name: 'later', top: 24, height: 8 }

const bar = (
  scale: TimeScale,
  { from, to }: RecoveryWindow,
  { name, top, height }: BarStyle,
): Html => {
  const begin = 98 * scale.at(from)
  return html`<rect
    class="${name}"
    x="${(1 + begin).toFixed(3)}%"
    y="${top}"
    width="${Math.max(98 * scale.at(to) - begin, 0.6).toFixed(3)}%"
    height="${height}"
    rx="${height / 2}"
  >
    <title>${shortTime(from)} to ${shortTime(to)} UTC</title>
  </rect>`
}

/** The full comes last, so that no increment close to it covers it. */
const chainRow = (scale: TimeScale, { full, members }: Chain, top: number): Html => {
  const ends = members.map(({ backup }) => scale.at(backup.endTime))
  const last = ends.reduce((one, other) => Math.max(one, other), 0)
  const y = top + 26
  const start = scale.at(full.endTime)
  // On a phone the name takes half of the width: it must run out of the picture at neither end.
  const anchor = start > 0.4 ? 'end' : 'start'
  const nameAt = percent(anchor === 'end' ? Math.max(last, 0.6) : start)
  const count = members.length === 1 ? '' : `, ${members.length} backups`
  return html`<text class="name" x="${nameAt}" y="${top + 12}" text-anchor="${anchor}">
      ${shortTime(full.endTime)}${count}
    </text>
    <line class="chain" x1="${percent(start)}" x2="${percent(last)}" y1="${y}" y2="${y}" />
    ${[...members].reverse().map((member) => mark(scale, member, y))}`
}

const mark = (scale: TimeScale, { backup, problems }: Member, y: number): Html => {
  const x = percent(scale.at(backup.endTime))
  const broken = problems.some(isBreaking) ? ' broken' : ''
  const title = html`<title>
    ${backup.id}, ${formatBytes(backup.storedBytes)}${broken === '' ? '' : ', cannot be restored'}
  </title>`
  return backup.type === 'full'
    ? html`<circle class="full${broken}" cx="${x}" cy="${y}" r="6">${title}</circle>`
    : html`<circle class="incr${broken}" cx="${x}" cy="${y}" r="4">${title}</circle>`
}
