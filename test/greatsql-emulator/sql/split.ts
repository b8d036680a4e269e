// Cuts a text of several statements at its semicolons.
import { isSymbol, isWord, tokenize } from './tokens.ts'

/** Whose bodies hold semicolons of their own. */
const hasBody = /\b(?:PROCEDURE|FUNCTION|TRIGGER|EVENT|BEGIN)\b/i

/** The statements without their semicolons; a body of a stored program is not cut. */
export const splitStatements = (text: string): readonly string[] => {
  const tokens = tokenize(text)
  if (isWord(tokens[0], 'CREATE', 'ALTER') && hasBody.test(text)) return [text]
  const statements: string[] = []
  let start = 0
  for (const token of tokens) {
    if (!isSymbol(token, ';')) continue
    statements.push(text.slice(start, token.start))
    start = token.end
  }
  statements.push(text.slice(start))
  const filled = statements.filter((statement) => tokenize(statement).length > 0)
  return filled.length > 1 ? filled : [text]
}
