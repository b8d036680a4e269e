// A summary for people.
import type { Facts } from './bench.ts'
import type { Summary } from './summary.ts'

const factLines = (facts: Facts): readonly string[] =>
  Object.entries(facts).map(([name, value]) => `  ${`${name}:`.padEnd(24)}${value}`)

const row = (name: string, numbers: readonly string[], what: string): string =>
  `  ${name.padEnd(6)}${numbers.map((number) => number.padStart(9)).join('')}  ${what}`.trimEnd()

const overTimes = (share: number): string => `${(1 / share).toFixed(2)} times`

const signed = (value: number): string => (value < 0 ? '' : '+') + value.toFixed(0)

export const formatSummary = (summary: Summary): string => {
  const { name, runs, sides, ratio, differenceMs, floorShare, facts, machine } = summary
  return [
    `${name}: ${runs} runs of each side, ${summary.measuredAt}`,
    row('ms', ['median', 'min', 'max'], ''),
    ...sides.map(({ side, what, ...ms }) =>
      row(
        side,
        [ms.medianMs, ms.minMs, ms.maxMs].map((value) => value.toFixed(0)),
        what,
      ),
    ),
    `  ours is ${overTimes(ratio)} the rival (${signed(differenceMs)} ms), ${overTimes(floorShare)} the floor`,
    ...sides
      .filter(({ restless }) => restless > 0)
      .map(
        ({ side, restless }) =>
          `  ${restless} runs of ${side} began on a machine that was busy with other things`,
      ),
    ...factLines(facts),
    ...factLines(machine),
  ].join('\n')
}
