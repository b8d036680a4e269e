import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { describe, expect, it } from 'vitest'
import { openOrMakeRepository, openRepository } from '../../../src/repository/repository.ts'
import { failureOf } from '../system/failure-of.ts'
import { useScratchDir } from '../system/scratch-dir.ts'

const scratch = useScratchDir()
const clock = { now: () => new Date('2026-11-20T09:30:12.345Z') }
const make = (path = scratch('repo')) => openOrMakeRepository(path, clock)

describe('making a repository', () => {
  it.each(['a/new/path', 'repo'])('makes it at %s, where nothing is yet', async (name) => {
    const { layout, made } = await make(scratch(name))
    expect(made).toBe(true)
    expect(layout.root).toBe(realpathSync(scratch(name)))
    expect(readdirSync(scratch(name))).toEqual(['repository.json'])
    expect(JSON.parse(readFileSync(layout.header, 'utf8'))).toEqual({
      format: 1,
      created: '2026-11-20T09:30:12.345Z',
    })
    expect(statSync(scratch(name)).mode & 0o777).toBe(0o750)
  })

  it('makes it in an empty directory, and opens it from then on', async () => {
    mkdirSync(scratch('repo'))
    expect((await make()).made).toBe(true)
    const again = await make()
    expect(again.made).toBe(false)
    expect(again.layout.root).toBe((await openRepository(scratch('repo'))).root)
  })

  it('makes it where a run died while it wrote repository.json', async () => {
    mkdirSync(scratch('repo'))
    const leftover = 'repository.json.0b6b2c1e-9f6e-4d0c-8a51-0e6f1c2d3e4f.tmp'
    writeFileSync(scratch('repo', leftover), '{"for')
    expect((await make()).made).toBe(true)
    expect((await openRepository(scratch('repo'))).root).toBe(realpathSync(scratch('repo')))
  })

  it('makes none among the files of others', async () => {
    mkdirSync(scratch('repo'))
    writeFileSync(scratch('repo', 'ibdata1'), '')
    const error = await failureOf(make())
    expect(error.code).toBe('REPOSITORY_MISSING')
    expect(error.message).toContain('is not a clonectl repository: it has no repository.json')
    expect(readdirSync(scratch('repo'))).toEqual(['ibdata1'])
  })
})

describe('opening a repository', () => {
  it('gives real paths, whatever links lead there', async () => {
    await make()
    symlinkSync(scratch('repo'), scratch('link'))
    const { root, lock } = await openRepository(scratch('link'))
    expect(root).toBe(realpathSync(scratch('repo')))
    expect(lock).toBe(`${root}/lock`)
  })

  it.each([
    ['there is nothing', 'nothing', 'there is no repository at'],
    ['a file is in the way', 'file/below', 'there is no repository at'],
    ['there is an empty directory', 'empty', 'is not a clonectl repository'],
  ])('fails where %s, and makes nothing', async (_, name, message) => {
    mkdirSync(scratch('empty'))
    writeFileSync(scratch('file'), '')
    const error = await failureOf(openRepository(scratch(name)))
    expect(error.code).toBe('REPOSITORY_MISSING')
    expect(error.message).toContain(message)
    expect(existsSync(scratch('nothing'))).toBe(false)
    expect(readdirSync(scratch('empty'))).toEqual([])
  })

  it.each([
    ['REPOSITORY_NEWER', '{"format":2,"created":"2027-01-01T00:00:00.000Z"}'],
    ['REPOSITORY_UNREADABLE', '{"format":1}'],
    ['REPOSITORY_UNREADABLE', ''],
  ])('fails with %s for a header of %j', async (code, header) => {
    const { layout } = await make()
    writeFileSync(layout.header, header)
    expect((await failureOf(openRepository(scratch('repo')))).code).toBe(code)
    expect((await failureOf(make())).code).toBe(code)
  })
})
