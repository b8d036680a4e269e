import { describe, expect, it } from 'vitest'
import { isBreaking, problemCodes } from '../../../src/chain/problem.ts'

describe('the codes of problems', () => {
  it('are these, because scripts read them', () => {
    expect(problemCodes).toEqual([
      'BASE_MISSING',
      'BASE_BROKEN',
      'FOREIGN_SERVER',
      'NOT_TRACKED',
      'TRACKING_CHANGED',
      'LSN_GAP',
      'LSN_REGRESSION',
      'FAILED',
      'NOT_COMPLETED',
      'TYPE_UNKNOWN',
      'LSN_INVALID',
      'TIME_INVALID',
      'FORK',
      'LSN_RESTARTED',
    ])
  })

  it('keep a backup from being restored, but for two', () => {
    const harmless = problemCodes.filter((code) => !isBreaking({ code, message: '' }))
    expect(harmless).toEqual(['FORK', 'LSN_RESTARTED'])
  })
})
