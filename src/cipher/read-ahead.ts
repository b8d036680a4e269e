// Reads one piece while the one before is worked on.

/**
 * Yields what `read` gives for 0, 1, 2 and so on, in this order, and asks for one piece ahead of the
 * reader. When the reader stops early, the read that still runs is waited for.
 */
export async function* readAhead(
  count: number,
  read: (index: number) => Promise<Buffer>,
): AsyncGenerator<Buffer> {
  let ahead: Promise<Buffer> | undefined
  try {
    for (let index = 0; index < count; index += 1) {
      const ready = await (ahead ?? read(index))
      ahead = index + 1 < count ? read(index + 1) : undefined
      // Awaited in the next round, or below; until then it must not count as unhandled.
      ahead?.catch(() => undefined)
      yield ready
    }
  } finally {
    await ahead?.catch(() => undefined)
  }
}
