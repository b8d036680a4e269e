// The beginning of a statement for people to recognise it by. What is in binlogs may be secret, so
// text literals are never shown, and of statements about accounts and the like only what they are.
import type { TextRules } from './query-event.ts'
import { readWords } from './statement-words.ts'

const shownCharacters = 160

/** Statements on tables; everything else is shown by its keywords alone. */
const onTables =
  /^(?:INSERT|REPLACE|UPDATE|DELETE|TRUNCATE|LOAD|WITH|DROP (?:TEMPORARY )?(?:TABLES?|DATABASE|SCHEMA|INDEX)|RENAME TABLES?|ALTER TABLE|CREATE (?:TEMPORARY )?TABLE|CREATE (?:UNIQUE |FULLTEXT |SPATIAL )?INDEX)(?: |$)/u

/** The words up to the third, as far as they are keywords. */
const keywordsOf = (text: string, rules: TextRules): string => {
  const words = readWords(text, rules)
  const keywords: string[] = []
  for (let word = words.next(); word?.kind === 'word' && keywords.length < 3; word = words.next())
    keywords.push(word.keyword)
  return keywords.join(' ')
}

/** One line of at most 160 characters, with … for what is left out. */
export const statementExcerpt = (text: string, rules: TextRules): string => {
  const keywords = keywordsOf(text, rules)
  if (!onTables.test(keywords)) return `${keywords.split(' ').slice(0, 2).join(' ')} …`
  const words = readWords(text, rules)
  let shown = ''
  let end = 0
  for (let word = words.next(); word !== undefined; word = words.next()) {
    if (shown !== '' && word.from > end) shown += ' '
    const isLiteral = word.kind === 'text' || text[word.from] === '"'
    shown += isLiteral ? "'…'" : text.slice(word.from, word.to).replaceAll(/\p{Cc}+/gu, ' ')
    end = word.to
    if (shown.length > shownCharacters) return `${shown.slice(0, shownCharacters)}…`
  }
  return shown
}
