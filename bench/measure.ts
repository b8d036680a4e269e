// Runs the sides in turn and keeps the times.
import type { Prepared, Setup, Side } from './bench.ts'

/** A side and the milliseconds of its counted runs, in the order in which they were made. */
export interface Timed {
  readonly name: 'ours' | 'rival' | 'floor'
  readonly what: string
  readonly times: readonly number[]
}

const timeOne = async (side: Side, signal: AbortSignal): Promise<number> => {
  await side.prepare?.()
  signal.throwIfAborted()
  const began = performance.now()
  await side.run()
  const milliseconds = performance.now() - began
  await side.tidy?.()
  signal.throwIfAborted()
  return milliseconds
}

/**
 * Alternates: ours, rival, floor, ours, rival, floor and so on, so that what slows the machine down
 * for a while hits all of them. One round before is not counted: it warms the caches.
 */
export const measure = async (
  { ours, rival, floor }: Prepared,
  runs: number,
  { say, signal }: Pick<Setup, 'say' | 'signal'>,
): Promise<readonly Timed[]> => {
  const sides = [
    { name: 'ours', side: ours, times: [] as number[] },
    { name: 'rival', side: rival, times: [] as number[] },
    ...(floor === undefined
      ? []
      : [{ name: 'floor', side: floor, times: [] as number[] } as const]),
  ] as const
  for (let round = 0; round <= runs; round += 1) {
    const words: string[] = []
    for (const { name, side, times } of sides) {
      const milliseconds = await timeOne(side, signal)
      if (round > 0) times.push(milliseconds)
      words.push(`${name} ${milliseconds.toFixed(0)} ms`)
    }
    say(`${round === 0 ? 'warm-up' : `round ${round}`}: ${words.join(', ')}`)
  }
  return sides.map(({ name, side, times }) => ({ name, what: side.what, times }))
}
