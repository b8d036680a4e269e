import { describe, expect, it } from 'vitest'
import { problemCodes } from '../../../src/chain/problem.ts'

describe('the codes of problems', () => {
  it('are these, because scripts read them', () => {
    expect(problemCodes).toEqual([
      'BASE_MISSING',
      'BASE_BROKEN',
      'FOREIGN_SERVER',
      'LSN_GAP',
      'LSN_REGRESSION',
    ])
  })
})
