import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { isInside, realPathOfNearest } from '../../../src/system/real-path.ts'
import { useScratchDir } from './scratch-dir.ts'

const scratch = useScratchDir()
const real = (...parts: string[]): string => [realpathSync(scratch()), ...parts].join('/')

describe('realPathOfNearest', () => {
  it('resolves the links of what exists and keeps the rest', async () => {
    mkdirSync(scratch('repo', 'a'), { recursive: true })
    symlinkSync(scratch('repo'), scratch('link'))
    expect(await realPathOfNearest(scratch('link', 'a'))).toBe(real('repo', 'a'))
    expect(await realPathOfNearest(scratch('link', 'new', 'x'))).toBe(real('repo', 'new', 'x'))
    expect(await realPathOfNearest(scratch('no', '..', 'repo'))).toBe(real('repo'))
  })

  it('follows a link that leads nowhere yet, to where it would be created', async () => {
    mkdirSync(scratch('repo'))
    symlinkSync(scratch('repo'), scratch('alias'))
    symlinkSync('alias/new', scratch('stage'))
    symlinkSync('stage', scratch('stage2'))
    expect(await realPathOfNearest(scratch('stage2', 'x'))).toBe(real('repo', 'new', 'x'))
  })

  it('treats what lies below a file as missing', async () => {
    writeFileSync(scratch('file'), '')
    expect(await realPathOfNearest(scratch('file', 'x'))).toBe(real('file', 'x'))
  })

  it('refuses links that form a loop', async () => {
    symlinkSync(scratch('b'), scratch('a'))
    symlinkSync(scratch('a'), scratch('b'))
    await expect(realPathOfNearest(scratch('a', 'x'))).rejects.toMatchObject({ code: 'ELOOP' })
  })

  it('works for the root', async () => {
    expect(await realPathOfNearest('/')).toBe('/')
    expect(await realPathOfNearest('/no-such-directory/x')).toBe('/no-such-directory/x')
  })
})

describe('isInside', () => {
  it.each([
    ['/repo', '/repo', true],
    ['/repo/a/b', '/repo', true],
    ['/repo/..hidden', '/repo', true],
    ['/anything', '/', true],
    ['/repository', '/repo', false],
    ['/', '/repo', false],
    ['/other', '/repo', false],
  ])('%s in %s: %s', (child, parent, expected) => {
    expect(isInside(child, parent)).toBe(expected)
  })
})
