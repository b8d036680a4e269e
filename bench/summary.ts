// What the times mean: medians, spread and the two ratios.
import { cpus, totalmem } from 'node:os'
import type { Facts } from './bench.ts'
import type { Timed } from './measure.ts'

export interface SideSummary {
  readonly side: Timed['name']
  readonly what: string
  readonly medianMs: number
  readonly minMs: number
  readonly maxMs: number
  readonly timesMs: readonly number[]
  /** Of these, how many began while the machine was busy with other things. */
  readonly restless: number
}

/** The document of --json. */
export interface Summary {
  readonly name: string
  /** The rival's median over ours: above 1, clonectl is faster. */
  readonly ratio: number
  /** Our median less the rival's. */
  readonly differenceMs: number
  /** The floor's median over ours: 1 cannot be beaten. */
  readonly floorShare: number
  /** Counted runs of each side. */
  readonly runs: number
  readonly sides: readonly SideSummary[]
  readonly facts: Facts
  readonly machine: Facts
  /** UTC. */
  readonly measuredAt: string
}

/** The middle value; of an even number of values the mean of the two in the middle. */
export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2
}

const round = (value: number, digits: number): number => Number(value.toFixed(digits))

const summariseSide = ({ name, what, times, restless }: Timed): SideSummary => ({
  side: name,
  what,
  medianMs: round(median(times), 1),
  minMs: round(Math.min(...times), 1),
  maxMs: round(Math.max(...times), 1),
  timesMs: times.map((time) => round(time, 1)),
  restless,
})

const describeMachine = (): Facts => ({
  processors: cpus().length,
  model: cpus()[0]?.model.trim() ?? 'unknown',
  memoryGiB: round(totalmem() / 1024 ** 3, 1),
  node: process.version,
})

const medianOf = (sides: readonly Timed[], wanted: Timed['name']): number | undefined => {
  const side = sides.find(({ name }) => name === wanted)
  return side && median(side.times)
}

export interface Measured {
  readonly name: string
  readonly sides: readonly Timed[]
  readonly facts: Facts
}

export const summarise = ({ name, sides, facts }: Measured): Summary => {
  const ours = medianOf(sides, 'ours') ?? NaN
  const rival = medianOf(sides, 'rival') ?? NaN
  const floor = medianOf(sides, 'floor') ?? rival
  return {
    name,
    ratio: round(rival / ours, 3),
    differenceMs: round(ours - rival, 1),
    floorShare: round(floor / ours, 3),
    runs: sides[0]?.times.length ?? 0,
    sides: sides.map(summariseSide),
    facts,
    machine: describeMachine(),
    measuredAt: new Date().toISOString(),
  }
}
