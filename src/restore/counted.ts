// Numbers of things in words.

/** `1 file`, `2 files`. */
export const counted = (count: number, thing: string): string =>
  count === 1 ? `1 ${thing}` : `${count} ${thing}s`
