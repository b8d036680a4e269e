import { describe, expect, it } from 'vitest'
import { silentReporter } from '../../../src/report/silent-reporter.ts'

describe('the silent reporter', () => {
  it('takes everything and says nothing', () => {
    const { step, info, warn, debug } = silentReporter
    for (const say of [step, info, warn, debug]) expect(say('what', { ever: 1 })).toBeUndefined()
    const progress = silentReporter.progress('clone', 10)
    progress.setTotal(20)
    progress.add(5)
    progress.end()
    expect(progress.end()).toBeUndefined()
  })
})
