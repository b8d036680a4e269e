// One thing that happens to the donor: in words, and in SQL.
import type { Instance } from '../bed/instance.ts'
import type { Narrator } from './narrator.ts'

export interface Change {
  readonly what: string
  /** One or several statements. */
  readonly sql: string
}

/** Makes the changes one after another and tells each. */
export const makeChanges = async (
  donor: Pick<Instance, 'sql'>,
  narrator: Narrator,
  changes: readonly Change[],
): Promise<void> => {
  for (const { what, sql } of changes) {
    await narrator.timed(`  - ${what}`, () => donor.sql(sql))
  }
}
