// Backups of every kind, sound and broken, for properties that hold of any repository.

import fc from 'fast-check'
import type { Backup, Engine } from '../../src/chain/backup.ts'
import { makeFull, makeIncrement } from './backup.ts'

/** How each backup of a forest was made: a full, or an increment on an earlier one, perhaps a bad one. */
const seeds = fc.array(
  fc.record({
    base: fc.option(fc.nat(), { nil: undefined, freq: 4 }),
    fault: fc.constantFrom('none', 'none', 'none', 'gap', 'lost', 'early'),
  }),
  { maxLength: 12 },
)

/** All are begun in one hour or in three, so that equal times occur. */
const forestOf = (
  engine: Engine,
  plan: readonly { base: number | undefined; fault: string }[],
): readonly Backup[] => {
  const forest: Backup[] = []
  for (const [index, { base, fault }] of plan.entries()) {
    const hour = 1 + Math.floor(index / 4)
    const id = { engine, id: `UTC20261120T0${hour}0000.${100 + index}-x` }
    const on = base === undefined ? undefined : forest[base % Math.max(1, forest.length)]
    if (on === undefined) forest.push(makeFull(hour, { ...id, endLsn: 5000n }))
    else if (fault === 'lost') forest.push(makeIncrement(on, hour, { ...id, base: 'lost' }))
    else {
      const shift = { gap: 1n, early: -1500n }[fault] ?? 0n
      const startLsn = on.pageTrackLsn + shift
      forest.push(makeIncrement(on, hour, { ...id, startLsn, endLsn: 5000n }))
    }
  }
  return forest
}

/** Each base stands before what was made on it. */
export const forests: fc.Arbitrary<readonly Backup[]> = fc
  .tuple(fc.constantFrom<Engine>('mysql', 'greatsql'), seeds)
  .map(([engine, plan]) => forestOf(engine, plan))
