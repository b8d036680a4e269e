// Adds up what a transaction did: the same change of one table in many events is one.

import type { FoundChange } from './transaction-search.ts'

export interface ChangeTallies {
  add(change: FoundChange): void
  /** In the order in which each was first seen. */
  list(): readonly FoundChange[]
  clear(): void
}

type Tally = { -readonly [Field in keyof FoundChange]: FoundChange[Field] }

/** No name holds a line feed and NUL. */
const keyOf = ({ type, database, table }: FoundChange): string =>
  `${type}\0${database}\0${table ?? '\n'}`

const nothing: readonly FoundChange[] = []

export const newTallies = (): ChangeTallies => {
  const tallies = new Map<string, Tally>()
  return {
    list: () => (tallies.size === 0 ? nothing : [...tallies.values()]),
    clear: () => {
      if (tallies.size > 0) tallies.clear()
    },
    add: (change) => {
      const key = keyOf(change)
      const tally = tallies.get(key)
      if (tally === undefined) {
        tallies.set(key, { ...change })
        return
      }
      tally.events += change.events
      tally.bytes += change.bytes
      tally.rows = tally.rows === null || change.rows === null ? null : tally.rows + change.rows
      tally.statement ??= change.statement
    },
  }
}
