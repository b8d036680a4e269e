// Waits for work no longer than allowed.

/**
 * What the work gives, or what `late` gives once the time is over. The work itself goes on then, and
 * what becomes of it is nobody's concern any more.
 */
export const withinTime = async <T>(
  limitMs: number,
  work: Promise<T>,
  late: () => T,
): Promise<T> => {
  let timer: NodeJS.Timeout | undefined
  const over = new Promise<T>((resolve) => {
    timer = setTimeout(() => {
      resolve(late())
    }, limitMs)
  })
  try {
    return await Promise.race([work, over])
  } finally {
    clearTimeout(timer)
  }
}
