import { mkdir, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readArchives } from '../../../src/binlog/read-archive.ts'
import { layoutOf, type RepositoryLayout } from '../../../src/repository/layout.ts'
import { ARCHIVED_SERVER, binlogWith, nameOf, writeArchive } from './archive-fixture.ts'

let layout: RepositoryLayout
beforeEach(async () => {
  layout = layoutOf(await mkdtemp(join(tmpdir(), 'clonectl-archive-')))
})
afterEach(async () => {
  await rm(layout.root, { recursive: true })
})

const readOnly = async () => {
  const [archive, ...others] = await readArchives(layout)
  if (archive === undefined || others.length > 0) throw new Error('expected one archive')
  return archive
}

const membersOf = async () => (await readOnly()).members.map(({ facts }) => facts.name)

describe('readArchives', () => {
  it('finds nothing where there is no archive', async () => {
    expect(await readArchives(layout)).toEqual([])
  })

  it('reads closed binlogs in the order of their numbers, then the open one', async () => {
    const files = [1_000_000, 999_998, 999_999]
    await writeArchive(layout, { files, perFile: 1, compressed: true, open: 1_000_001 })
    const { members, tails, damaged, serverUuid, endedAt } = await readOnly()
    expect(members.map(({ facts }) => facts.name)).toEqual(
      [999_998, 999_999, 1_000_000, 1_000_001].map(nameOf),
    )
    expect({ serverUuid, endedAt, damaged }).toEqual({
      serverUuid: ARCHIVED_SERVER,
      endedAt: null,
      seen: undefined,
      damaged: [],
    })
    expect(tails[0]?.facts).toMatchObject({ ending: 'none', transactions: 1 })
    expect(members[0]?.path).toMatch(/binlog\.999998\.zst$/)
  })

  it('takes an open binlog as far as its events are whole, and the longer of two copies', async () => {
    const directory = await writeArchive(layout, { files: [1], open: 2 })
    const tail = join(directory, 'tail', nameOf(2))
    const short = (await readFile(tail)).subarray(0, -5)
    await mkdir(join(directory, 'incoming'))
    await writeFile(join(directory, 'incoming', nameOf(2)), await readFile(tail))
    await writeFile(tail, short)
    expect((await readOnly()).tails[0]?.path).toBe(join(directory, 'incoming', nameOf(2)))
    await rm(join(directory, 'incoming'), { recursive: true })
    const [cut] = (await readOnly()).tails
    expect(cut?.facts.transactions).toBe(9)
    expect(cut?.facts.sizeBytes).toBeLessThan(short.length)
  })

  it('leaves out an open binlog of which nothing can be told yet, or that is sealed by now', async () => {
    const directory = await writeArchive(layout, { files: [1, 2], open: 2 })
    await writeFile(join(directory, 'tail', nameOf(3)), binlogWith(21, 30).subarray(0, 130))
    expect(await membersOf()).toEqual([1, 2].map(nameOf))
  })

  it('names what is missing, truncated, misnamed or no entry, and still reads the rest', async () => {
    const directory = await writeArchive(layout, { files: [1, 2, 3, 4, 5, 6] })
    const entry = await readFile(join(directory, `${nameOf(6)}.json`), 'utf8')
    await rm(join(directory, nameOf(2)))
    await truncate(join(directory, nameOf(3)), 100)
    await writeFile(join(directory, `${nameOf(4)}.json`), '{"format":1')
    await writeFile(join(directory, `${nameOf(5)}.json`), entry)
    const { binlogs, damaged } = await readOnly()
    expect(binlogs.map(({ name }) => name)).toEqual([1, 6].map(nameOf))
    expect(damaged.map(({ name, error }) => [name, error.code, error.message])).toEqual([
      [
        nameOf(2),
        'INTEGRITY',
        expect.stringMatching(/binlog\.000002 is missing, expected \d+ bytes$/),
      ],
      [
        nameOf(3),
        'INTEGRITY',
        expect.stringMatching(/binlog\.000003 has 100 bytes, expected \d+ /),
      ],
      [nameOf(4), 'REPOSITORY_UNREADABLE', expect.stringContaining('it is not JSON')],
      [nameOf(5), 'INTEGRITY', 'binlog.000005.json tells of binlog.000006, expected binlog.000005'],
    ])
  })

  it('names an entry of another server', async () => {
    const other = '3e11fa47-71ca-11e1-9e33-c80aa9429562'
    await writeArchive(layout, { files: [1], directory: other })
    const { binlogs, damaged } = await readOnly()
    expect(binlogs).toEqual([])
    expect(damaged[0]?.error.message).toBe(
      `binlog.000001.json tells of a binlog of server ${ARCHIVED_SERVER}, expected ${other}`,
    )
  })

  it('reads earlier histories of a server before its present one, and no strangers', async () => {
    await writeArchive(layout, { files: [1] })
    const directory = `${ARCHIVED_SERVER}.until-20261120T093012Z`
    await writeArchive(layout, { files: [7, 8], directory })
    await mkdir(join(layout.binlogs, 'somebody'))
    expect(
      (await readArchives(layout)).map(({ endedAt, binlogs }) => [endedAt, binlogs.length]),
    ).toEqual([
      ['2026-11-20T09:30:12.000Z', 2],
      [null, 1],
    ])
  })
})
