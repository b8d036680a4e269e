// Asynchronous work over a list, a few items at a time.

/**
 * Calls `fn` for each item, at most `limit` at a time and in the order of the items, and returns
 * the results in that order. After the first failure nothing new is begun; the calls that run are
 * waited for, so that none of them goes on behind the caller's back, and then it is thrown.
 */
export const mapLimit = async <Item, Result>(
  items: readonly Item[],
  limit: number,
  fn: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> => {
  if (!(limit >= 1)) throw new RangeError(`a limit of ${limit} calls at a time does nothing`)
  const results: Result[] = []
  const failures: unknown[] = []
  const waiting = [...items.entries()].reverse()
  const workOff = async (): Promise<void> => {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const [index, item] = next
      try {
        results[index] = await fn(item, index)
      } catch (error) {
        failures.push(error)
        waiting.length = 0
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, workOff))
  if (failures.length > 0) throw failures[0]
  return results
}
