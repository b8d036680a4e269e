// A command as a person would type it.

const isPlain = (word: string): boolean => /^[\w@%+=:,./-]+$/.test(word)

const quote = (word: string): string =>
  isPlain(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`

/** Quoted for a shell where that is needed. */
export const commandText = (words: readonly string[]): string => words.map(quote).join(' ')
