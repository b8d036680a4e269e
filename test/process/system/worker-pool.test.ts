import { describe, expect, it } from 'vitest'
import { createWorkerPool, type WorkerPoolOptions } from '../../../src/system/worker-pool.ts'
import { failureOf } from './failure-of.ts'
import type { TestJob } from './fixtures/worker-jobs.ts'

const fixture = new URL('./fixtures/worker.mjs', import.meta.url)
const openPool = (options: WorkerPoolOptions) =>
  createWorkerPool<TestJob, unknown, unknown>(fixture, options)

describe('a pool of workers', () => {
  it('does jobs in a thread of its own and returns their results', async () => {
    await using pool = openPool({ size: 1 })
    expect(await pool.run({ what: 'echo', value: { lsn: 20737123n } })).toEqual({ lsn: 20737123n })
    expect(await pool.run({ what: 'thread' })).toBeGreaterThan(0)
  })

  it('uses each thread again, and never more threads than its size', async () => {
    await using pool = openPool({ size: 2 })
    const jobs = Array.from({ length: 12 }, () => pool.run({ what: 'rest', ms: 5 }))
    expect(new Set(await Promise.all(jobs)).size).toBe(2)
  })

  it('starts no second thread while the first is free', async () => {
    await using pool = openPool({ size: 8 })
    const first = await pool.run({ what: 'thread' })
    expect(await pool.run({ what: 'thread' })).toBe(first)
  })

  it('brings a ClonectlError across with code, hint and details', async () => {
    await using pool = openPool({ size: 1 })
    const error = await failureOf(pool.run({ what: 'refuse' }))
    expect(error).toMatchObject({
      code: 'INTEGRITY',
      message: 'the page is torn',
      hint: 'look at it',
      details: { page: 7 },
    })
  })

  it('brings any other error across with its code and the stack of the worker', async () => {
    await using pool = openPool({ size: 1 })
    const work = pool.run({ what: 'stumble' })
    await expect(work).rejects.toMatchObject({ code: 'ENOENT' })
    const stack = await work.catch((error: unknown) => (error as Error).stack)
    expect(stack).toContain('worker-jobs.ts')
  })

  it('goes on with the same thread after a job failed', async () => {
    await using pool = openPool({ size: 1 })
    const thread = await pool.run({ what: 'thread' })
    await pool.run({ what: 'refuse' }).catch(() => undefined)
    expect(await pool.run({ what: 'thread' })).toBe(thread)
  })

  it.each([
    ['exits', 'die', 'ended with exit code 9'],
    ['throws where nobody catches it', 'explode', 'uncaught'],
  ] as const)(
    'rejects the job of a worker that %s, and replaces the worker',
    async (_, what, message) => {
      await using pool = openPool({ size: 1 })
      const jobs = [pool.run({ what }), pool.run({ what: 'echo', value: 'next' })] as const
      await expect(jobs[0]).rejects.toThrow(message)
      expect(await jobs[1]).toBe('next')
    },
  )

  it('rejects the job of a worker that outgrows its memory', async () => {
    await using pool = openPool({ size: 1, resourceLimits: { maxOldGenerationSizeMb: 64 } })
    await expect(pool.run({ what: 'hog' })).rejects.toMatchObject({
      code: 'ERR_WORKER_OUT_OF_MEMORY',
    })
    expect(await pool.run({ what: 'echo', value: 1 })).toBe(1)
  })

  it('rejects a job that cannot cross, and goes on', async () => {
    await using pool = openPool({ size: 1 })
    await expect(pool.run({ what: 'echo', value: () => 1 })).rejects.toThrow('could not be cloned')
    expect(await pool.run({ what: 'echo', value: 1 })).toBe(1)
  })

  it('rejects when there is no such worker file, for every job', async () => {
    await using pool = createWorkerPool(new URL('./none.mjs', import.meta.url), { size: 1 })
    const jobs = [pool.run(1), pool.run(2)]
    await Promise.all(jobs.map((job) => expect(job).rejects.toThrow('none.mjs')))
  })
})

describe('a job that tells of its progress', () => {
  it('has its messages heard in order, before the result', async () => {
    await using pool = openPool({ size: 1 })
    const heard: unknown[] = []
    const onMessage = (value: unknown): void => void heard.push(value)
    const result = await pool.run({ what: 'tell', values: [1, 'two', 3n] }, { onMessage })
    expect([...heard, result]).toEqual([1, 'two', 3n, 'told'])
  })

  it('fails when whoever listens fails', async () => {
    await using pool = openPool({ size: 1 })
    const onMessage = (): never => {
      throw new Error('cannot listen')
    }
    const work = pool.run({ what: 'tell', values: [1, 2] }, { onMessage })
    await expect(work).rejects.toThrow('cannot listen')
    expect(await pool.run({ what: 'echo', value: 1 })).toBe(1)
  })
})

describe('a cancelled job', () => {
  it('ends its worker, even one that never yields, and spares the others', async () => {
    await using pool = openPool({ size: 2 })
    await Promise.all([pool.run({ what: 'rest', ms: 1 }), pool.run({ what: 'rest', ms: 1 })])
    const abort = new AbortController()
    const spinning = pool.run({ what: 'spin' }, { signal: abort.signal })
    const resting = pool.run({ what: 'rest', ms: 50 })
    setTimeout(() => abort.abort(), 10)
    expect((await failureOf(spinning)).code).toBe('CANCELLED')
    expect(await resting).toBeGreaterThan(0)
    expect(await pool.run({ what: 'echo', value: 'still here' })).toBe('still here')
  })

  it('is taken out of the queue when it has not begun', async () => {
    await using pool = openPool({ size: 1 })
    const abort = new AbortController()
    const first = pool.run({ what: 'rest', ms: 30 })
    const queued = pool.run({ what: 'die' }, { signal: abort.signal })
    abort.abort()
    expect((await failureOf(queued)).code).toBe('CANCELLED')
    expect(await first).toBe(await pool.run({ what: 'thread' }))
  })

  it('is not begun when the signal has fired before', async () => {
    await using pool = openPool({ size: 1 })
    const work = pool.run({ what: 'die' }, { signal: AbortSignal.abort() })
    expect((await failureOf(work)).code).toBe('CANCELLED')
  })

  it('is one of many that one signal cancels, without a warning of leaking listeners', async () => {
    const warnings: Error[] = []
    const note = (warning: Error): void => void warnings.push(warning)
    process.on('warning', note)
    await using pool = openPool({ size: 2 })
    const abort = new AbortController()
    const jobs = Array.from({ length: 30 }, () => pool.run({ what: 'rest', ms: 10_000 }, abort))
    setTimeout(() => abort.abort(), 5)
    const codes = await Promise.all(jobs.map(async (job) => (await failureOf(job)).code))
    process.off('warning', note)
    expect(new Set(codes)).toEqual(new Set(['CANCELLED']))
    expect(warnings).toEqual([])
  })
})

describe('a pool that is disposed of', () => {
  it('cancels what runs and what waits, and takes no more', async () => {
    const pool = openPool({ size: 1 })
    const jobs = [pool.run({ what: 'spin' }), pool.run({ what: 'echo' })].map(failureOf)
    await pool[Symbol.asyncDispose]()
    expect((await Promise.all(jobs)).map((error) => error.code)).toEqual(['CANCELLED', 'CANCELLED'])
    expect((await failureOf(pool.run({ what: 'echo' }))).code).toBe('CANCELLED')
  })

  it('needs a size of at least one', () => {
    expect(() => openPool({ size: 0 })).toThrow(RangeError)
  })
})
