// Lists in messages: a few names tell where to look, thousands hide the message.

const SHOWN = 5

/** "a, b, c, d, e and 12 more". `total` counts all when `names` holds only the first of them. */
export const nameSome = (names: readonly string[], total = names.length): string => {
  const shown = names.slice(0, SHOWN)
  const more = total - shown.length
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ')
}
