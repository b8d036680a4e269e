import { describe, expect, it } from 'vitest'
import { layoutOf } from '../../../src/repository/layout.ts'

describe('the layout of a repository', () => {
  const layout = layoutOf('/backup/repo')

  it('keeps its own files at the top', () => {
    expect(layout).toMatchObject({
      root: '/backup/repo',
      header: '/backup/repo/repository.json',
      lock: '/backup/repo/lock',
      trash: '/backup/repo/trash',
    })
  })

  it('gives each backup a directory of its own', () => {
    expect(layout.backup('UTC20261120T093012.345-full')).toEqual({
      directory: '/backup/repo/UTC20261120T093012.345-full',
      data: '/backup/repo/UTC20261120T093012.345-full/data',
      server: '/backup/repo/UTC20261120T093012.345-full/server.json',
      pagemap: '/backup/repo/UTC20261120T093012.345-full/pagemap',
      journal: '/backup/repo/UTC20261120T093012.345-full/run.json',
      manifest: '/backup/repo/UTC20261120T093012.345-full/manifest.json',
      verified: '/backup/repo/UTC20261120T093012.345-full/verified.json',
      drills: '/backup/repo/UTC20261120T093012.345-full/drills',
      notes: '/backup/repo/UTC20261120T093012.345-full/notes.json',
      staging: '/backup/repo/UTC20261120T093012.345-full/staging',
    })
  })
})
