// Runs the sides in turn and keeps the times.
import type { Prepared, Setup, Side } from './bench.ts'
import { waitForCalm } from './calm.ts'

/** A side and the milliseconds of its counted runs, in the order in which they were made. */
export interface Timed {
  readonly name: 'ours' | 'rival' | 'floor'
  readonly what: string
  readonly times: readonly number[]
  /** Counted runs before which the machine did not come to rest. */
  readonly restless: number
}

/** What a measurement asks for besides its sides. */
export interface Manner extends Pick<Setup, 'say' | 'signal'> {
  /** Counted runs of each side. */
  readonly runs: number
  /** How long to wait for a calm machine before a run; then it is made all the same. */
  readonly patienceMs: number
}

interface Run {
  readonly milliseconds: number
  readonly calm: boolean
}

const timeOne = async (side: Side, { signal, patienceMs }: Manner): Promise<Run> => {
  await side.prepare?.()
  const calm = await waitForCalm(patienceMs, signal)
  const began = performance.now()
  await side.run()
  const milliseconds = side.counted?.() ?? performance.now() - began
  await side.tidy?.()
  signal.throwIfAborted()
  return { milliseconds, calm }
}

const timedSide = (name: Timed['name'], side: Side) => ({ name, side, runs: [] as Run[] })

/**
 * Alternates: ours, rival, floor, ours, rival, floor and so on, so that what slows the machine down
 * for a while hits all of them. One round before is not counted: it warms the caches.
 */
export const measure = async (
  { ours, rival, floor }: Prepared,
  manner: Manner,
): Promise<readonly Timed[]> => {
  const sides = [
    timedSide('ours', ours),
    timedSide('rival', rival),
    ...(floor === undefined ? [] : [timedSide('floor', floor)]),
  ]
  for (let round = 0; round <= manner.runs; round += 1) {
    const words: string[] = []
    for (const { name, side, runs } of sides) {
      const run = await timeOne(side, manner)
      if (round > 0) runs.push(run)
      words.push(`${name} ${run.milliseconds.toFixed(0)} ms${run.calm ? '' : ' (restless)'}`)
    }
    manner.say(`${round === 0 ? 'warm-up' : `round ${round}`}: ${words.join(', ')}`)
  }
  return sides.map(({ name, side, runs }) => ({
    name,
    what: side.what,
    times: runs.map(({ milliseconds }) => milliseconds),
    restless: runs.filter(({ calm }) => !calm).length,
  }))
}
