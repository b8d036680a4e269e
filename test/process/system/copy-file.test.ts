import { chmodSync, chownSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { copyFileWhole } from '../../../src/system/copy-file.ts'
import { useScratchDir } from './scratch-dir.ts'

const scratch = useScratchDir()

describe('copyFileWhole', () => {
  it('copies contents, mode and modification time', async () => {
    writeFileSync(scratch('a'), 'pages')
    chmodSync(scratch('a'), 0o604)
    utimesSync(scratch('a'), new Date(), new Date('2026-01-02T03:04:05.678Z'))
    const umask = process.umask(0o077)
    await copyFileWhole(scratch('a'), scratch('b')).finally(() => process.umask(umask))
    const copy = statSync(scratch('b'))
    expect(readFileSync(scratch('b'), 'utf8')).toBe('pages')
    expect(copy.mode & 0o7777).toBe(0o604)
    expect(copy.mtime.toISOString()).toBe('2026-01-02T03:04:05.678Z')
  })

  it.runIf(process.getuid?.() === 0)('keeps the owner when run by root', async () => {
    writeFileSync(scratch('a'), 'x')
    chownSync(scratch('a'), 65534, 65533)
    await copyFileWhole(scratch('a'), scratch('b'))
    expect(statSync(scratch('b'))).toMatchObject({ uid: 65534, gid: 65533 })
  })

  it('copies a read-only file', async () => {
    writeFileSync(scratch('a'), 'x')
    chmodSync(scratch('a'), 0o400)
    await copyFileWhole(scratch('a'), scratch('b'))
    expect(statSync(scratch('b')).mode & 0o7777).toBe(0o400)
  })

  it('never overwrites, and leaves what is there as it is', async () => {
    writeFileSync(scratch('a'), 'new')
    writeFileSync(scratch('b'), 'old')
    const work = copyFileWhole(scratch('a'), scratch('b'))
    await expect(work).rejects.toMatchObject({ code: 'EEXIST' })
    expect(readFileSync(scratch('b'), 'utf8')).toBe('old')
  })
})
