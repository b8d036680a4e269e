import { execFileSync } from 'node:child_process'
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { listTree } from '../../../src/system/file-tree.ts'
import { failureOf } from './failure-of.ts'
import { useScratchDir } from './scratch-dir.ts'

const scratch = useScratchDir()

describe('listTree', () => {
  it('lists files with sizes and empty directories, sorted by path', async () => {
    for (const dir of ['mysql', 't', 't-b', 'a/b/c', '#innodb_redo']) {
      mkdirSync(scratch('d', dir), { recursive: true })
    }
    writeFileSync(scratch('d', 't', 'a.ibd'), 'xyz')
    writeFileSync(scratch('d', 't-b', 'b'), '')
    writeFileSync(scratch('d', 'ibdata1'), '')
    writeFileSync(scratch('d', '#innodb_redo', '#ib_redo10'), 'r')
    truncateSync(scratch('d', 'ibdata1'), 5_000_000_000)
    expect(await listTree(scratch('d'))).toEqual({
      files: [
        { path: '#innodb_redo/#ib_redo10', sizeBytes: 1 },
        { path: 'ibdata1', sizeBytes: 5_000_000_000 },
        { path: 't-b/b', sizeBytes: 0 },
        { path: 't/a.ibd', sizeBytes: 3 },
      ],
      emptyDirectories: ['a/b/c', 'mysql'],
    })
  })

  it('finds nothing in an empty directory, also through a link to it', async () => {
    mkdirSync(scratch('d'))
    symlinkSync(scratch('d'), scratch('link'))
    expect(await listTree(scratch('d'))).toEqual({ files: [], emptyDirectories: [] })
    expect(await listTree(scratch('link'))).toEqual({ files: [], emptyDirectories: [] })
  })

  it('refuses links and special files, and names each of them', async () => {
    mkdirSync(scratch('d', 't'), { recursive: true })
    symlinkSync('/nowhere', scratch('d', 't', 'link'))
    execFileSync('mkfifo', [scratch('d', 'pipe')])
    const error = await failureOf(listTree(scratch('d')))
    expect(error.code).toBe('INTEGRITY')
    expect(error.message).toContain('pipe, t/link')
    expect(error.details).toEqual({ dir: scratch('d'), strangers: ['pipe', 't/link'] })
  })

  it('fails when there is no such directory', async () => {
    await expect(listTree(scratch('no'))).rejects.toMatchObject({ code: 'ENOENT' })
  })
})
