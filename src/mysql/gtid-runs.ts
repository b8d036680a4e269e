// GTIDs one after the other, collected into the text of a set.

export interface GtidRuns {
  add(gtid: string): void
  /** Text of the set; '' when nothing was added. */
  text(): string
}

interface Run {
  readonly key: string
  readonly first: bigint
  last: bigint
}

/** Collects GTIDs as runs of consecutive numbers, so that a million of them take a few bytes. */
export const newGtidRuns = (): GtidRuns => {
  const runs: Run[] = []
  const open = new Map<string, Run>()
  /** Mostly the next one has the same UUID and tag. */
  let latest: Run | undefined
  const runOf = (key: string): Run | undefined =>
    latest?.key === key ? latest : (latest = open.get(key))
  return {
    add: (gtid) => {
      const colon = gtid.lastIndexOf(':')
      const key = gtid.slice(0, colon)
      const number = BigInt(gtid.slice(colon + 1))
      const run = runOf(key)
      if (run?.last === number - 1n) {
        run.last = number
        return
      }
      latest = { key, first: number, last: number }
      open.set(key, latest)
      runs.push(latest)
    },
    text: () => runs.map(({ key, first, last }) => `${key}:${first}-${last}`).join(','),
  }
}
