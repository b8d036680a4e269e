// How large backups were, over time: a bar for each, in the order they were taken.

import type { Backup } from '../../chain/backup.ts'
import { formatBytes, formatRatio } from '../output/bytes.ts'
import { html, type Html } from './html.ts'
import { shortTime } from './time-scale.ts'

export interface SizeChartFacts {
  readonly key: string
  readonly title: string
  /** Oldest first. */
  readonly backups: readonly Backup[]
  /** Whether what they restore to is drawn behind them. */
  readonly withResult: boolean
}

/** As many as can be told apart on a phone. */
const MOST_BARS = 48
/** Few bars stay slim, and stand at the left. */
const FEWEST_SLOTS = 12
const TOP = 20
const HEIGHT = 96

/** The picture, or nothing without a backup. */
export const sizeChart = ({ key, title, backups, withResult }: SizeChartFacts): Html => {
  const shown = backups.slice(-MOST_BARS)
  const [first] = shown
  const last = shown.at(-1)
  if (first === undefined || last === undefined) return html``
  const largest = largestOf(shown, withResult)
  const slot = 100 / Math.max(shown.length, FEWEST_SLOTS)
  const end = Math.min(100, slot * shown.length)
  return html`<figure class="sizes">
    <h4 id="${key}-title">${title}</h4>
    <svg
      width="100%"
      height="${TOP + HEIGHT + 24}"
      role="img"
      aria-labelledby="${key}-title ${key}-desc"
    >
      <desc id="${key}-desc">${describe(shown)}</desc>
      <line class="grid" x1="0" x2="100%" y1="${TOP}" y2="${TOP}" />
      <text class="tick" x="0" y="${TOP - 6}">${formatBytes(largest)}</text>
      ${shown.map((backup, index) => bar(backup, { index, slot, largest, withResult }))}
      <line class="rule" x1="0" x2="100%" y1="${TOP + HEIGHT}" y2="${TOP + HEIGHT}" />
      <text class="tick" x="0" y="${TOP + HEIGHT + 17}">${dayOf(first)}</text>
      ${
        end < 45
          ? undefined
          : html`<text
              class="tick"
              x="${end.toFixed(2)}%"
              y="${TOP + HEIGHT + 17}"
              text-anchor="end"
            >
              ${dayOf(last)}
            </text>`
      }
    </svg>
    <figcaption>${caption(shown, backups.length, withResult)}</figcaption>
  </figure>`
}

const largestOf = (backups: readonly Backup[], withResult: boolean): number =>
  backups.reduce(
    (most, { storedBytes, resultBytes }) =>
      Math.max(most, storedBytes, withResult ? resultBytes : 0),
    1,
  )

const dayOf = ({ endTime }: Backup): string => endTime.toISOString().slice(0, 10)

const ratioOf = ({ storedBytes, resultBytes }: Backup): string =>
  formatRatio(storedBytes, resultBytes)

interface BarPlace {
  readonly index: number
  /** Per cent of the width. */
  readonly slot: number
  readonly largest: number
  readonly withResult: boolean
}

const bar = (backup: Backup, { index, slot, largest, withResult }: BarPlace): Html => {
  const { id, type, storedBytes, resultBytes } = backup
  const column = (bytes: number, name: string, title?: Html): Html => {
    const height = Math.max((bytes / largest) * HEIGHT, bytes === 0 ? 0 : 1.5)
    const [x, y] = [`${(slot * (index + 0.14)).toFixed(3)}%`, (TOP + HEIGHT - height).toFixed(1)]
    const width = `${(slot * 0.72).toFixed(3)}%`
    return html`<rect
      class="${name}"
      x="${x}"
      y="${y}"
      width="${width}"
      height="${height.toFixed(1)}"
    >
      ${title}
    </rect>`
  }
  const title = html`<title>
    ${id}: ${formatBytes(storedBytes)} of ${formatBytes(resultBytes)}, ${ratioOf(backup)}
  </title>`
  return html`${withResult ? column(resultBytes, 'result') : undefined}
  ${column(storedBytes, type === 'full' ? 'full' : 'incr', title)}`
}

const describe = (backups: readonly Backup[]): string =>
  backups
    .slice(-5)
    .map(
      (backup) =>
        `${shortTime(backup.endTime)}: ${formatBytes(backup.storedBytes)}, ${ratioOf(backup)} of what it restores to.`,
    )
    .join(' ')

const caption = (shown: readonly Backup[], all: number, withResult: boolean): Html => {
  const last = shown.at(-1)
  const newest =
    last === undefined
      ? ''
      : `Newest: ${formatBytes(last.storedBytes)}, ${ratioOf(last)} of ${formatBytes(last.resultBytes)}.`
  const compressed = shown.some(({ storedBytes, resultBytes }) => storedBytes < 0.98 * resultBytes)
  const behind = withResult && compressed ? ' Pale: what it restores to.' : ''
  return html`${newest}${behind}${all > shown.length ? ` The last ${shown.length} of ${all}.` : ''}`
}
