import { describe, expect, it } from 'vitest'
import { ClonectlError } from '../../../src/errors.ts'
import { packError, unpackError } from '../../../src/system/worker-error.ts'

const cross = (error: unknown): Error => unpackError(structuredClone(packError(error)))

describe('an error that crosses between threads', () => {
  it('stays a ClonectlError with code, message, hint and details', () => {
    const sent = new ClonectlError('INTEGRITY', 't/a.ibd: short', {
      hint: 'verify it',
      details: { file: 't/a.ibd', expected: [1, 2] },
    })
    const got = cross(sent)
    expect(got).toBeInstanceOf(ClonectlError)
    expect(got).toMatchObject({
      code: 'INTEGRITY',
      exitCode: 21,
      message: 't/a.ibd: short',
      hint: 'verify it',
      details: { file: 't/a.ibd', expected: [1, 2] },
    })
  })

  it('keeps message and stack of any other error', () => {
    const sent = new TypeError('x is not a function')
    const got = cross(sent)
    expect(got).not.toBeInstanceOf(ClonectlError)
    expect(got.message).toBe('x is not a function')
    expect(got.stack).toBe(sent.stack)
  })

  it('keeps the code of a system error', () => {
    const sent = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
    expect(cross(sent)).toMatchObject({ code: 'ENOSPC' })
  })

  it('makes an error of whatever else was thrown', () => {
    expect(cross('just text').message).toBe('just text')
    expect(cross(undefined).message).toBe('undefined')
  })
})
