import { compress } from '@mongodb-js/zstd'
import { open } from 'node:fs/promises'
import { readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { beforeEach, describe, expect, it } from 'vitest'
import { PAGE_HASH_BYTES } from '../../../src/innodb/page-hash.ts'
import { FOOTER_BYTES, PAGES_PER_CHUNK } from '../../../src/repository/page-map-format.ts'
import { readPageHashes } from '../../../src/repository/page-map-hashes.ts'
import { readPageMapIndex } from '../../../src/repository/page-map-reader.ts'
import { createPageMap } from '../../../src/repository/page-map-writer.ts'
import { failureOf } from '../system/failure-of.ts'
import { useScratchDir } from '../system/scratch-dir.ts'

const scratch = useScratchDir()
const path = () => scratch('pagemap')

/** Hashes of so many pages that are not those of any other chunk. */
const hashesOf = (pages: number, seed: number): Buffer => {
  const hashes = Buffer.alloc(pages * PAGE_HASH_BYTES)
  for (let page = 0; page < pages; page += 1) hashes.writeUInt32BE(page * 7 + seed, page * 16)
  return hashes
}

const LARGE = [hashesOf(PAGES_PER_CHUNK, 1), hashesOf(PAGES_PER_CHUNK, 2), hashesOf(3, 3)] as const
const SMALL = hashesOf(7, 4)

const large = { path: 't/large.ibd', spaceId: 5, pageBytes: 16_384, pages: 2 * PAGES_PER_CHUNK + 3 }
const small = { path: 't/small.ibd', spaceId: 4_294_967_294, pageBytes: 1024, pages: 7 }
const empty = { path: 't/empty.ibd', spaceId: 6, pageBytes: 16_384, pages: 0 }

beforeEach(async () => {
  await using pagemap = await createPageMap(path())
  pagemap.add(large.path, await compress(LARGE[0]))
  pagemap.add(small.path, await compress(SMALL))
  pagemap.add(large.path, await compress(LARGE[1]))
  pagemap.add(large.path, await compress(LARGE[2]))
  await pagemap.finish([large, small, empty])
})

const readChunk = async (name: string, chunk: number): Promise<Buffer> => {
  const tablespace = (await readPageMapIndex(path())).get(name)
  if (tablespace === undefined) throw new Error(`${name} is not in the index`)
  await using file = await open(path(), 'r')
  return await readPageHashes(file, path(), tablespace, chunk)
}

describe('a pagemap', () => {
  it('gives the hashes of every chunk, though several files were written in turns', async () => {
    for (const [chunk, hashes] of LARGE.entries()) {
      expect((await readChunk(large.path, chunk)).equals(hashes)).toBe(true)
    }
    expect((await readChunk(small.path, 0)).equals(SMALL)).toBe(true)
  })

  it('lists every tablespace with what is compared of it', async () => {
    const index = await readPageMapIndex(path())
    expect([...index.keys()]).toEqual([large.path, small.path, empty.path])
    expect(index.get(small.path)).toMatchObject(small)
    expect(index.get(large.path)?.chunks).toHaveLength(3)
    expect(index.get(empty.path)).toEqual({ ...empty, chunks: [] })
    expect(index.get('t/other.ibd')).toBeUndefined()
  })

  it('can be of no tablespaces at all', async () => {
    await using pagemap = await createPageMap(scratch('none'))
    await pagemap.finish([])
    expect((await readPageMapIndex(scratch('none'))).size).toBe(0)
  })

  it('takes the chunks of a file that was scanned again for those of the first time', async () => {
    const other = scratch('again')
    {
      await using pagemap = await createPageMap(other)
      pagemap.add(small.path, await compress(hashesOf(7, 99)))
      pagemap.forget(small.path)
      pagemap.add(small.path, await compress(SMALL))
      await pagemap.finish([small])
    }
    const tablespace = (await readPageMapIndex(other)).get(small.path)
    await using file = await open(other, 'r')
    expect((await readPageHashes(file, other, tablespace!, 0)).equals(SMALL)).toBe(true)
  })

  it('replaces no file', async () => {
    await expect(createPageMap(path())).rejects.toMatchObject({ code: 'EEXIST' })
  })
})

describe('a damaged pagemap', () => {
  const refused = (message: string) => ({
    code: 'INTEGRITY',
    message: expect.stringContaining(message) as string,
    hint: expect.stringContaining('take a full') as string,
    details: { path: path() },
  })

  it.each([0, 1, FOOTER_BYTES - 1, FOOTER_BYTES, 1000])(
    'of which only the first %i bytes are left is refused',
    async (size) => {
      truncateSync(path(), size)
      expect(await failureOf(readPageMapIndex(path()))).toMatchObject(refused('cannot be used'))
    },
  )

  it('that lost its last byte is refused', async () => {
    truncateSync(path(), readFileSync(path()).length - 1)
    const error = await failureOf(readPageMapIndex(path()))
    expect(error).toMatchObject(refused('its end is not that of a pagemap'))
  })

  it('whose footer says more than there is is refused', async () => {
    const bytes = readFileSync(path())
    for (const length of [BigInt(bytes.length), 2n ** 64n - 1n]) {
      bytes.writeBigUInt64BE(length, bytes.length - FOOTER_BYTES)
      writeFileSync(path(), bytes)
      expect(await failureOf(readPageMapIndex(path()))).toMatchObject(refused('it is too short'))
    }
  })

  it('whose index is none is refused', async () => {
    const bytes = readFileSync(path())
    bytes.write('{"format":1,"TABLES', bytes.lastIndexOf('{"format":1'))
    writeFileSync(path(), bytes)
    const error = await failureOf(readPageMapIndex(path()))
    expect(error).toMatchObject(refused('its index cannot be understood'))
  })

  it('of a newer format is left to a newer clonectl', async () => {
    const bytes = readFileSync(path())
    bytes.write('2', bytes.lastIndexOf('"format":1') + '"format":'.length)
    writeFileSync(path(), bytes)
    expect((await failureOf(readPageMapIndex(path()))).code).toBe('REPOSITORY_NEWER')
  })

  it('with a byte missing in its chunks has no chunk that is believed, but the index is', async () => {
    const bytes = readFileSync(path())
    writeFileSync(path(), Buffer.concat([bytes.subarray(0, 10), bytes.subarray(11)]))
    expect((await readPageMapIndex(path())).size).toBe(3)
    const message = `chunk 1 of ${large.path} is damaged`
    expect(await failureOf(readChunk(large.path, 1))).toMatchObject(refused(message))
  })

  it('whose chunk holds fewer pages than the index says is refused', async () => {
    const bytes = readFileSync(path())
    bytes.write('"pages":8', bytes.lastIndexOf('"pages":7'))
    writeFileSync(path(), bytes)
    expect(await failureOf(readChunk(small.path, 0))).toMatchObject(
      refused(`chunk 0 of ${small.path} has a wrong length`),
    )
  })

  it('has no chunks behind the last', async () => {
    const error = await failureOf(readChunk(small.path, 1))
    expect(error).toMatchObject(refused('chunk 1 is not in its index'))
  })
})
