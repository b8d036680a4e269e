import { mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { beforeEach, describe, expect, it } from 'vitest'
import { backupPathsAt } from '../../../src/repository/layout.ts'
import { quickCheck } from '../../../src/repository/quick-check.ts'
import { fileEntry, makeManifest } from '../../fakes/manifest.ts'
import { useScratchDir } from '../system/scratch-dir.ts'

const scratch = useScratchDir()
const manifest = makeManifest('UTC20261120T093012.345-full', {
  files: [
    fileEntry('pagemap', 0),
    fileEntry('data/t/a.ibd', 10),
    fileEntry('data/ibdata1', 5_000_000_000),
  ],
})
const check = () => quickCheck(backupPathsAt(scratch()), manifest)

beforeEach(() => {
  mkdirSync(scratch('data', 't'), { recursive: true })
  for (const { path, sizeBytes } of manifest.files) {
    writeFileSync(scratch(path), '')
    truncateSync(scratch(path), sizeBytes)
  }
})

describe('quickCheck', () => {
  it('finds nothing when every file is there in its size', async () => {
    writeFileSync(scratch('data', 'surplus'), 'is not its business')
    expect(await check()).toEqual([])
  })

  it('tells of everything that is missing or has another size', async () => {
    rmSync(scratch('pagemap'))
    truncateSync(scratch('data/t/a.ibd'), 11)
    truncateSync(scratch('data/ibdata1'), 4_999_999_999)
    expect(await check()).toEqual([
      'pagemap is missing',
      'data/t/a.ibd has 11 bytes, expected 10',
      'data/ibdata1 has 4999999999 bytes, expected 5000000000',
    ])
  })

  it('tells of a directory that is gone, or no directory any more', async () => {
    rmSync(scratch('data', 't'), { recursive: true })
    expect(await check()).toEqual(['data/t/a.ibd is missing'])
    writeFileSync(scratch('data', 't'), '')
    expect(await check()).toEqual(['data/t/a.ibd is missing'])
  })

  it('takes no link and no directory for a file, whatever size it has', async () => {
    rmSync(scratch('data/t/a.ibd'))
    symlinkSync('x'.repeat(10), scratch('data/t/a.ibd'))
    rmSync(scratch('pagemap'))
    mkdirSync(scratch('pagemap'))
    expect(await check()).toEqual(['pagemap is no regular file', 'data/t/a.ibd is no regular file'])
  })
})
