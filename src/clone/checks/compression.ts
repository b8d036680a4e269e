// Whether the server that runs CLONE can compress as it was asked to.

import type { Check } from '../check.ts'

export const compression: Check = {
  name: 'compression',
  run: async ({ engine, compression: wanted }) => {
    if (wanted === undefined) return { state: 'ok', message: 'compression was not asked for' }
    if (engine === 'greatsql')
      return { state: 'ok', message: `the server compresses with ${wanted.codec}` }
    return {
      state: 'fail',
      message: `compression with ${wanted.codec} was asked for, and only GreatSQL 8.0.32-26 or later compresses what it clones`,
      hint: 'Leave out --compress.',
    }
  },
}
