// Patterns of labels: `*` stands for any text, `?` for one character, everything else for itself.
// Matched by hand, because a regular expression of many stars can take years.

/** Says whether the whole label fits the pattern; capitals matter. Nothing fits a missing label. */
export const fitsLabel = (pattern: string, label: string | undefined): boolean => {
  if (label === undefined) return false
  const [marks, letters] = [Array.from(pattern), Array.from(label)]
  let [mark, letter] = [0, 0]
  // Where the last star stands, and how far the text has come that it stands for.
  let [star, taken] = [-1, 0]
  while (letter < letters.length) {
    if (marks[mark] === '*') {
      ;[star, taken] = [mark, letter]
      mark += 1
    } else if (marks[mark] === '?' || marks[mark] === letters[letter]) {
      mark += 1
      letter += 1
    } else if (star >= 0) {
      taken += 1
      ;[mark, letter] = [star + 1, taken]
    } else return false
  }
  return marks.slice(mark).every((rest) => rest === '*')
}
