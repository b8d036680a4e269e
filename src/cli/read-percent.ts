// Reads the share of the whole that a verification is asked to read.

import { ClonectlError } from '../errors.ts'

/** `5%` or `5`. Throws USAGE for anything that is no share of a whole. */
export const readPercent = (text: string | undefined): number | null => {
  if (text === undefined) return null
  const percent = Number(/^(\d{1,3}(?:\.\d{1,3})?) ?%?$/.exec(text)?.[1])
  if (percent > 0 && percent <= 100) return percent
  throw new ClonectlError('USAGE', `--sample ${text} is no percentage`, {
    hint: 'give a number above 0 and up to 100, such as 5%',
  })
}
