import { readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { createDelta } from '../../../src/clone/delta-writer.ts'
import { deltaSizeBytes } from '../../../src/innodb/delta-segment.ts'
import { readDelta } from '../../../src/restore/delta-reader.ts'
import { failureOf } from '../system/failure-of.ts'
import { useScratchDir } from '../system/scratch-dir.ts'

/** Pages of 1 KiB: a segment holds 255 of them. */
const P = 1024
const CAPACITY = 255
const scratch = useScratchDir()
const path = () => scratch('a.ibd.delta')

const pageWith = (value: number): Buffer => Buffer.alloc(P, `page ${value} `)

/** Writes pages 3, 6, 9 … in this order. */
const write = async (count: number): Promise<number> => {
  await using delta = await createDelta(path(), P)
  for (let page = 1; page <= count; page += 1) await delta.add(page * 3, pageWith(page))
  return await delta.finish()
}

const read = async (): Promise<readonly (readonly [number, string])[]> => {
  const pages: [number, string][] = []
  for await (const { pageNumber, readInto } of readDelta(path(), P)) {
    const page = Buffer.alloc(P)
    await readInto(page)
    pages.push([pageNumber, page.toString('latin1', 0, page.indexOf(' ', 5))])
  }
  return pages
}

describe('a delta', () => {
  it.each([0, 1, CAPACITY - 1, CAPACITY, CAPACITY + 1, 2 * CAPACITY, 2 * CAPACITY + 1])(
    'of %i pages is read as it was written, and has the size that GreatSQL gives it',
    async (count) => {
      expect(await write(count)).toBe(count)
      expect(statSync(path()).size).toBe(deltaSizeBytes(count, P))
      const expected = Array.from({ length: count }, (_, i) => [(i + 1) * 3, `page ${i + 1}`])
      expect(await read()).toEqual(expected)
    },
  )

  it('has its pages where GreatSQL looks for them', async () => {
    await write(CAPACITY + 1)
    const bytes = readFileSync(path())
    const second = (CAPACITY + 1) * P
    expect(bytes.toString('latin1', 0, 4)).toBe('clon')
    expect(bytes.subarray(CAPACITY * P, second).equals(pageWith(CAPACITY))).toBe(true)
    expect(bytes.toString('latin1', second, second + 4)).toBe('CLON')
    expect(bytes.readUInt32BE(second + 4)).toBe((CAPACITY + 1) * 3)
    expect(bytes.subarray(second + P).equals(pageWith(CAPACITY + 1))).toBe(true)
  })

  it('replaces no file', async () => {
    writeFileSync(path(), '')
    await expect(createDelta(path(), P)).rejects.toMatchObject({ code: 'EEXIST' })
  })
})

describe('a delta that is not whole', () => {
  it.each([
    ['within its last page', 2 * P, 3 * P - 1, 'it ends within a page at 2048'],
    ['behind its index block', P, P, 'it ends within a page at 1024'],
    ['within its index block', 0, 10, 'it ends within a page at 0'],
  ])('is refused when it is cut off %s', async (_, __, size, message) => {
    await write(2)
    truncateSync(path(), size)
    const error = await failureOf(read())
    expect(error.code).toBe('INTEGRITY')
    expect(error.message).toContain(`${path()} is not a whole delta: ${message}`)
    expect(error.details).toEqual({ path: path() })
  })

  it.each([
    ['one page short', CAPACITY * P],
    ['a whole segment short', (CAPACITY + 1) * P],
    ['within the second index block', (CAPACITY + 1) * P + 100],
    ['without the last page', (CAPACITY + 2) * P],
  ])('is refused with two segments that are cut off %s', async (_, size) => {
    await write(CAPACITY + 1)
    truncateSync(path(), size)
    expect((await failureOf(read())).code).toBe('INTEGRITY')
  })

  it.each([
    ['a byte', 1],
    ['a page', P],
    ['a segment', 3 * P],
  ])('is refused when %s follows it', async (_, size) => {
    await write(2)
    writeFileSync(path(), Buffer.concat([readFileSync(path()), Buffer.alloc(size)]))
    const error = await failureOf(read())
    expect(error.message).toContain('its last segment is not where it ends')
  })

  it('is refused when its last segment says that others follow', async () => {
    await write(CAPACITY)
    const bytes = readFileSync(path())
    bytes.write('clon', 0)
    writeFileSync(path(), bytes)
    const error = await failureOf(read())
    expect(error.message).toContain('its last segment is not where it ends')
  })

  it.each([0, CAPACITY + 1])('is refused with a wrong magic in block %i', async (block) => {
    await write(CAPACITY + 1)
    const bytes = readFileSync(path())
    bytes.write('XTRA', block * P)
    writeFileSync(path(), bytes)
    const error = await failureOf(read())
    expect(error.code).toBe('INTEGRITY')
    expect(error.message).toContain(`${path()}: an index block begins with 58545241`)
  })

  it('is refused when it is no delta at all', async () => {
    writeFileSync(path(), pageWith(1))
    expect((await failureOf(read())).code).toBe('INTEGRITY')
  })
})
