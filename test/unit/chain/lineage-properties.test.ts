// What a restore applies, of any repository: valid in every link, and nothing that could be left out
// without leaving what each increment was made on.

import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Backup } from '../../../src/chain/backup.ts'
import { buildChains, usableBackups } from '../../../src/chain/chains.ts'
import { lineageOf } from '../../../src/chain/lineage.ts'
import { linkProblems } from '../../../src/chain/link.ts'
import { makeFull } from '../../fakes/backup.ts'
import { forests } from '../../fakes/forests.ts'

/** A full that was merged from the chain of one of the backups, now and then. */
const repositories = fc.tuple(forests, fc.option(fc.nat())).map(([forest, merged]) => {
  const tip = merged === null ? undefined : forest[merged % Math.max(1, forest.length)]
  if (tip === undefined) return forest
  const facts = { ...tip, id: `${tip.id}-merged`, type: 'full', base: undefined } as const
  return [...forest, { ...makeFull(1), ...facts, startLsn: 0n, standsFor: tip.id }]
})

/** Every way to restore a backup that goes by what its increments were made on, or what stands for it. */
const waysTo = (tip: Backup, usable: readonly Backup[]): readonly (readonly Backup[])[] =>
  tip.type === 'full'
    ? [[tip]]
    : usable
        .filter(({ id, standsFor }) => id === tip.base || standsFor === tip.base)
        .flatMap((base) => waysTo(base, usable).map((way) => [...way, tip]))

it('the backups a restore applies are a valid chain, and the shortest there is', () => {
  fc.assert(
    fc.property(repositories, (repository) => {
      const usable = usableBackups(buildChains(repository))
      const asMade = new Map(repository.map((backup) => [backup.id, backup]))
      for (const tip of usable) {
        const lineage = lineageOf(tip, usable)
        expect(lineage.map(({ type }) => type)).toEqual([
          'full',
          ...lineage.slice(1).map(() => 'increment'),
        ])
        for (const [index, increment] of lineage.slice(1).entries())
          expect(linkProblems(increment, lineage[index]!)).toEqual([])
        const made = usable.map((backup) => ({ ...backup, base: asMade.get(backup.id)?.base }))
        const ways = waysTo(
          made.find(({ id }) => id === tip.id)!,
          made,
        )
        // Where the base is lost, another one stands in, and there is no such way.
        const lengths = ways.map((way) => way.length)
        if (lengths.length > 0) expect(lineage).toHaveLength(Math.min(...lengths))
      }
    }),
  )
})
