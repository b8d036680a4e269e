// Takes a command line apart without a shell.

import { ClonectlError } from '../errors.ts'

const wordForm = /(?:'[^']*'|"[^"]*"|[^\s'"])+/g
const partForm = /'(?<single>[^']*)'|"(?<double>[^"]*)"|(?<bare>[^'"]+)/g

const unquote = (word: string): string =>
  [...word.matchAll(partForm)]
    .map(({ groups = {} }) => groups['single'] ?? groups['double'] ?? groups['bare'] ?? '')
    .join('')

/**
 * Cuts at white space; single and double quotes keep it, and nothing else has a meaning: no
 * variables, no escapes, no pipes. Throws CONFIG for a quote that is not closed, or no word at all.
 */
export const splitCommand = (text: string): readonly string[] => {
  const words = text.match(wordForm) ?? []
  const quoteLeft = /['"]/.test(text.replaceAll(wordForm, ''))
  if (words.length > 0 && !quoteLeft) return words.map(unquote)
  throw new ClonectlError(
    'CONFIG',
    quoteLeft ? 'a quote in the command is not closed' : 'the command is empty',
    {
      hint: `Give a program and its arguments, such as: vault kv get -field=key 'secret/my backup'`,
    },
  )
}
