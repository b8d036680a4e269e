import {
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { requireFreeTarget } from '../../../src/restore/target-dir.ts'
import { failureOf } from '../system/failure-of.ts'
import { useScratchDir } from '../system/scratch-dir.ts'

const scratch = useScratchDir()
const real = (...parts: readonly string[]) => [realpathSync(scratch()), ...parts].join('/')
const check = (path: string) => requireFreeTarget(path, real('repo'))

beforeEach(() => {
  mkdirSync(scratch('repo'))
  mkdirSync(scratch('datadir', 'sys'), { recursive: true })
  writeFileSync(scratch('datadir', 'mysql.ibd'), '')
})

describe('a target directory', () => {
  it('may be missing, with its parents', async () => {
    expect(await check(scratch('new'))).toBe(real('new'))
    expect(await check(scratch('a', 'b', 'c'))).toBe(real('a', 'b', 'c'))
    expect(readdirSync(scratch()).sort()).toEqual(['datadir', 'repo'])
  })

  it('may be an empty directory', async () => {
    mkdirSync(scratch('empty'))
    expect(await check(scratch('empty'))).toBe(real('empty'))
  })

  it('is told as where it really lies', async () => {
    mkdirSync(scratch('disk'))
    symlinkSync(scratch('disk'), scratch('link'))
    expect(await check(scratch('link', 'new'))).toBe(real('disk', 'new'))
    expect(await check(scratch('x', '..', 'new'))).toBe(real('new'))
  })

  it('may have a name that only begins like the repository, and blanks and letters of any kind', async () => {
    for (const name of ['repo2', 'repo.old', '..data', 'with blank', '数据'])
      expect(await check(scratch(name))).toBe(real(name))
  })

  it.each([
    ['is the repository', 'repo'],
    ['lies in the repository', 'repo/new'],
    ['lies in a backup', 'repo/UTC20261120T093012.345-full/data'],
    ['holds the repository', '.'],
    ['lies in the repository through a link', 'into-repo/new'],
    ['is a link to a place in the repository that does not exist yet', 'dangling'],
  ])('is refused when it %s', async (_, name) => {
    symlinkSync(scratch('repo'), scratch('into-repo'))
    symlinkSync(scratch('repo', 'not-yet'), scratch('dangling'))
    const error = await failureOf(check(scratch(name)))
    expect(error.code).toBe('PATH_FORBIDDEN')
    expect(error.message).toContain(`it lies in, or holds, the repository ${real('repo')}`)
  })

  it.each(['datadir/new', 'datadir/sys', 'datadir/sys/deep/new', 'into-datadir/new'])(
    'is refused in a data directory of MySQL, as %s',
    async (name) => {
      symlinkSync(scratch('datadir'), scratch('into-datadir'))
      const error = await failureOf(check(scratch(name)))
      expect(error.code).toBe('PATH_FORBIDDEN')
      expect(error.message).toContain(`it lies in the data directory ${real('datadir')}`)
    },
  )

  it('is refused when it is a data directory itself', async () => {
    expect(await failureOf(check(scratch('datadir')))).toMatchObject({
      code: 'PATH_NOT_EMPTY',
      message: `${real('datadir')} is not empty: it holds mysql.ibd, sys`,
    })
  })

  it('is refused when it holds anything, and says what', async () => {
    mkdirSync(scratch('full'))
    for (const name of ['a', 'b', 'c', 'd']) writeFileSync(scratch('full', name), '')
    const { code, message } = await failureOf(check(scratch('full')))
    expect(code).toBe('PATH_NOT_EMPTY')
    expect(message).toMatch(/ is not empty: it holds ., ., ., …$/)
  })

  it('is refused when it is a file', async () => {
    writeFileSync(scratch('file'), 'x')
    const { code, message } = await failureOf(check(scratch('file')))
    expect([code, message]).toEqual([
      'PATH_NOT_EMPTY',
      `${real('file')} is not empty: it holds (it is a file)`,
    ])
  })

  it.each(['a"b', "a'b", String.raw`a\b`, 'a#b', 'a\nb', 'a\tb', 'a\u0001b'])(
    'is refused as %j, which an option file would read otherwise',
    async (name) => {
      expect((await failureOf(check(scratch(name)))).code).toBe('CONFIG')
    },
  )

  it('is refused through a link to a path that an option file would read otherwise', async () => {
    mkdirSync(scratch('a#b'))
    symlinkSync(scratch('a#b'), scratch('plain'))
    expect((await failureOf(check(scratch('plain', 'new')))).code).toBe('CONFIG')
  })

  const isEmptyMount = (path: string): boolean => {
    try {
      const isMount = statSync(path).dev !== statSync(dirname(path)).dev
      return isMount && readdirSync(path).length === 0
    } catch {
      // Not everything that is mounted may be looked at.
      return false
    }
  }
  const emptyMount = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '/')
    .find(isEmptyMount)

  it.skipIf(emptyMount === undefined)(
    'is refused when it is a mount point, onto which nothing can be renamed',
    async () => {
      expect(await failureOf(check(emptyMount!))).toMatchObject({
        code: 'PATH_FORBIDDEN',
        message: `cannot restore into ${emptyMount!}: it is a mount point`,
        hint: `choose a directory in it, such as --target-dir ${emptyMount}/data`,
      })
    },
  )
})
