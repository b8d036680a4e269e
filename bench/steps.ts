// Where a run of clonectl spent its time, from its story under --log-format ndjson.
import { median } from './summary.ts'
import type { Facts } from './bench.ts'

/** Milliseconds by step, such as `clone`; `start` is everything before the first one. */
export type Steps = ReadonlyMap<string, number>

interface StoryLine {
  readonly ts: string
  readonly type: string
  readonly step?: string
}

/** Reads the story of one run that took `milliseconds` from the start of its process. */
export const readSteps = (story: string, milliseconds: number): Steps => {
  // The shape is docs/json-output.md's.
  const lines = story
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as StoryLine)
  const end = lines.at(-1)
  if (end?.type !== 'end') throw new Error(`the story has no end:\n${story}`)
  const last = Date.parse(end.ts)
  const marks = [
    { name: 'start', at: last - milliseconds },
    ...lines
      .filter(({ type }) => type === 'step')
      .map(({ ts, step = '' }) => ({ name: step, at: Date.parse(ts) })),
  ]
  return new Map(marks.map(({ name, at }, n) => [name, (marks[n + 1]?.at ?? last) - at]))
}

/** The median of each step over several runs. */
export const medianSteps = (runs: readonly Steps[]): Facts => {
  const names = [...(runs[0]?.keys() ?? [])]
  return Object.fromEntries(
    names.map((name) => [
      `step "${name}" ms`,
      Math.round(median(runs.map((steps) => steps.get(name) ?? NaN))),
    ]),
  )
}
