// Finds the word somebody meant.

/** More wrong letters than that, and it is another word. */
const wrongLettersAllowed = (typed: string): number => Math.min(2, Math.floor(typed.length / 3))

/** The word that is nearest to what was typed; undefined when none is near. */
export const nearestWord = (typed: string, words: readonly string[]): string | undefined => {
  const ranked = words
    .map((word) => ({ word, distance: editDistance(typed, word) }))
    .sort((a, b) => a.distance - b.distance)
  const [best] = ranked
  return best !== undefined && best.distance <= wrongLettersAllowed(typed) ? best.word : undefined
}

/** Letters to insert, remove or replace to come from one word to the other (Levenshtein). */
const editDistance = (from: string, to: string): number => {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (const [line, letter] of from.split('').entries()) {
    const next = [line + 1]
    for (const [column, other] of to.split('').entries()) {
      const replaced = (row[column] ?? 0) + (letter === other ? 0 : 1)
      next.push(Math.min(replaced, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1))
    }
    row = next
  }
  return row.at(-1) ?? 0
}
