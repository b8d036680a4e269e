import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { mapLimit } from '../../../src/system/map-limit.ts'

describe('mapLimit', () => {
  it('returns results in the order of the items, whichever ends first', async () => {
    const results = await mapLimit([30, 1, 15, 1], 4, async (ms, index) => {
      await sleep(ms)
      return `${index}:${ms}`
    })
    expect(results).toEqual(['0:30', '1:1', '2:15', '3:1'])
  })

  it('never has more calls at a time than the limit, and uses the limit', async () => {
    let running = 0
    let most = 0
    await mapLimit(Array.from({ length: 20 }), 3, async () => {
      running += 1
      most = Math.max(most, running)
      await sleep(1)
      running -= 1
    })
    expect(most).toBe(3)
  })

  it('begins the items in their order', async () => {
    const begun: string[] = []
    await mapLimit(['a', 'b', 'c', 'd'], 2, async (item) => {
      begun.push(item)
      await sleep(1)
    })
    expect(begun).toEqual(['a', 'b', 'c', 'd'])
  })

  it('begins nothing after a failure, waits for what runs, then throws the first failure', async () => {
    const events: string[] = []
    const work = mapLimit(['slow', 'bad', 'late', 'later'], 2, async (item) => {
      events.push(`begin ${item}`)
      await sleep(item === 'slow' ? 30 : 1)
      if (item === 'bad') throw new Error('bad failed')
      events.push(`end ${item}`)
    })
    await expect(work).rejects.toThrow('bad failed')
    expect(events).toEqual(['begin slow', 'begin bad', 'end slow'])
  })

  it('throws what was thrown, also when that is undefined', async () => {
    const nothing: unknown = undefined
    const work = mapLimit([1], 1, () => Promise.reject(nothing as Error))
    await expect(work).rejects.toBeUndefined()
  })

  it('keeps undefined items and results', async () => {
    expect(await mapLimit([undefined, 1, undefined], 2, async (item) => item)).toEqual([
      undefined,
      1,
      undefined,
    ])
  })

  it('has nothing to do for no items', async () => {
    expect(await mapLimit([], 4, async () => 'never')).toEqual([])
  })

  it('refuses a limit below one', async () => {
    await expect(mapLimit([1], 0, async () => 1)).rejects.toThrow(RangeError)
  })
})
