import { describe, expect, it } from 'vitest'
import { silentReporter } from '../../../src/report/silent-reporter.ts'

describe('the silent reporter', () => {
  it('takes everything that can be said', () => {
    const saySomething = (): void => {
      const { step, info, warn, debug, progress } = silentReporter
      for (const say of [step, info, warn, debug]) say('what', { ever: 1 })
      const stage = progress('clone', 10)
      stage.setTotal(20)
      stage.add(5)
      stage.end()
      stage.end()
    }
    expect(saySomething).not.toThrow()
  })
})
