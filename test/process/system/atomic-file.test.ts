import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  isTemporaryName,
  renameDurable,
  syncDirectory,
  temporaryNameFor,
  writeFileAtomic,
  writeNewFile,
} from '../../../src/system/atomic-file.ts'
import { useScratchDir } from './scratch-dir.ts'

const scratch = useScratchDir()
const modeOf = (path: string): number => statSync(path).mode & 0o7777

describe('writeFileAtomic', () => {
  it('writes text or bytes, with mode 0640 whatever the umask', async () => {
    const umask = process.umask(0o077)
    try {
      await writeFileAtomic(scratch('a.json'), '{"ä":1}\n')
      await writeFileAtomic(scratch('b'), Buffer.from([0, 255]), 0o600)
    } finally {
      process.umask(umask)
    }
    expect(readFileSync(scratch('a.json'), 'utf8')).toBe('{"ä":1}\n')
    expect(modeOf(scratch('a.json'))).toBe(0o640)
    expect([...readFileSync(scratch('b'))]).toEqual([0, 255])
    expect(modeOf(scratch('b'))).toBe(0o600)
  })

  it('replaces a file as a whole: who has it open still reads the old one', async () => {
    writeFileSync(scratch('a'), 'old contents')
    const inode = statSync(scratch('a')).ino
    await writeFileAtomic(scratch('a'), 'new')
    expect(readFileSync(scratch('a'), 'utf8')).toBe('new')
    expect(statSync(scratch('a')).ino).not.toBe(inode)
  })

  it('leaves nothing else behind, neither after success nor after failure', async () => {
    mkdirSync(scratch('occupied'))
    writeFileSync(scratch('occupied', 'x'), '')
    await writeFileAtomic(scratch('fine'), 'x')
    await expect(writeFileAtomic(scratch('occupied'), 'x')).rejects.toMatchObject({
      code: expect.stringMatching(/EISDIR|ENOTEMPTY|EEXIST/) as unknown,
    })
    expect(readdirSync(scratch())).toEqual(['fine', 'occupied'])
  })

  it('fails when the directory is not there', async () => {
    await expect(writeFileAtomic(scratch('no', 'a'), 'x')).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('survives many writers of one file: one of them wins, whole', async () => {
    const texts = Array.from({ length: 20 }, (_, i) => String(i).repeat(5000))
    await Promise.all(texts.map((text) => writeFileAtomic(scratch('a'), text)))
    expect(texts).toContain(readFileSync(scratch('a'), 'utf8'))
    expect(readdirSync(scratch())).toEqual(['a'])
  })
})

describe('writeNewFile', () => {
  it('refuses a file that exists', async () => {
    writeFileSync(scratch('a'), 'old')
    await expect(writeNewFile(scratch('a'), 'new', 0o600)).rejects.toMatchObject({ code: 'EEXIST' })
    expect(readFileSync(scratch('a'), 'utf8')).toBe('old')
  })
})

describe('temporary names', () => {
  it('are told from all others', () => {
    expect(isTemporaryName(basename(temporaryNameFor('/r/manifest.json')))).toBe(true)
    expect(isTemporaryName('manifest.json')).toBe(false)
    expect(isTemporaryName('manifest.json.tmp')).toBe(false)
  })
})

describe('renameDurable', () => {
  it('moves between directories and replaces what was there', async () => {
    mkdirSync(scratch('one'))
    mkdirSync(scratch('two'))
    writeFileSync(scratch('one', 'a'), 'new')
    writeFileSync(scratch('two', 'a'), 'old')
    await renameDurable(scratch('one', 'a'), scratch('two', 'a'))
    expect(readFileSync(scratch('two', 'a'), 'utf8')).toBe('new')
    expect(readdirSync(scratch('one'))).toEqual([])
  })

  it('renames directories', async () => {
    mkdirSync(scratch('stage'))
    writeFileSync(scratch('stage', 'a'), 'x')
    await renameDurable(scratch('stage'), scratch('data'))
    expect(readdirSync(scratch('data'))).toEqual(['a'])
  })
})

describe('syncDirectory', () => {
  it('works on a directory and fails on none', async () => {
    chmodSync(scratch(), 0o700)
    await syncDirectory(scratch())
    await expect(syncDirectory(scratch('no'))).rejects.toMatchObject({ code: 'ENOENT' })
  })
})
