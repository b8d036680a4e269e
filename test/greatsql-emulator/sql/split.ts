// Cuts a text of several statements at its semicolons.
import { isSymbol, tokenize } from './tokens.ts'

/** Stored programs hold semicolons of their own: they reach to the end of the text. */
const storedProgram =
  /^\s*(?:CREATE|ALTER)\s+(?:DEFINER\s*=\s*\S+\s+)?(?:PROCEDURE|FUNCTION|TRIGGER|EVENT)\b/i

/** The statements without their semicolons. */
export const splitStatements = (text: string): readonly string[] => {
  const statements: string[] = []
  let start = 0
  for (const token of tokenize(text)) {
    if (!isSymbol(token, ';')) continue
    if (storedProgram.test(text.slice(start))) break
    statements.push(text.slice(start, token.start))
    start = token.end
  }
  statements.push(text.slice(start))
  const filled = statements.filter((statement) => tokenize(statement).length > 0)
  return filled.length > 1 ? filled : [text]
}
