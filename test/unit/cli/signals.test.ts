import { describe, expect, it } from 'vitest'
import { afterCancellation, listenForSignals } from '../../../src/cli/signals.ts'
import { ClonectlError } from '../../../src/errors.ts'
import { makeFakeIo } from '../../process/cli/fake-io.ts'

describe('listenForSignals', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('turns %s into an abort with a reason', (name) => {
    const fake = makeFakeIo()
    using cancellation = listenForSignals(fake.io)
    expect(cancellation.signal.aborted).toBe(false)
    fake.send(name)
    expect(cancellation.signal.reason).toMatchObject({
      code: 'CANCELLED',
      message: `cancelled by ${name}`,
    })
    expect(fake.stops).toEqual([])
  })

  it('stops hard at a second Ctrl-C, but not at a second SIGTERM', () => {
    const fake = makeFakeIo()
    using _cancellation = listenForSignals(fake.io)
    fake.send('SIGTERM')
    fake.send('SIGTERM')
    expect(fake.stops).toEqual([])
    fake.send('SIGINT')
    expect(fake.stops).toEqual([130])
    expect(fake.stderr()).toContain('stopped at once')
  })

  it('does not listen any more once it is disposed', () => {
    const fake = makeFakeIo()
    const cancellation = listenForSignals(fake.io)
    cancellation[Symbol.dispose]()
    fake.send('SIGINT')
    expect(cancellation.signal.aborted).toBe(false)
  })
})

describe('afterCancellation', () => {
  const reason = new ClonectlError('CANCELLED', 'cancelled by SIGINT', { hint: 'start it again' })
  const aborted = AbortSignal.abort(reason)

  it('leaves errors alone when nobody cancelled', () => {
    const error = new Error('x')
    expect(afterCancellation(error, new AbortController().signal)).toBe(error)
  })

  it('makes a failure the consequence of the cancellation', () => {
    const error = new ClonectlError('SERVER', 'Query execution was interrupted')
    expect(afterCancellation(error, aborted)).toMatchObject({
      code: 'CANCELLED',
      message: 'cancelled by SIGINT',
      hint: 'start it again',
      details: { consequence: 'Query execution was interrupted' },
      cause: error,
    })
  })

  it('keeps a cancellation that says what to do', () => {
    const error = new ClonectlError('CANCELLED', 'cancelled', { hint: 'remove the stage' })
    expect(afterCancellation(error, aborted)).toBe(error)
  })

  it('gives a bare cancellation the reason and its hint', () => {
    const error = new ClonectlError('CANCELLED', 'a tool was cancelled')
    expect(afterCancellation(error, aborted)).toMatchObject({
      message: 'cancelled by SIGINT',
      details: {},
    })
  })
})
