import { describe, expect, it } from 'vitest'
import { type DataFile, filesThroughout, readDataFiles } from '../../../src/clone/data-files.ts'
import { scriptedSession } from '../mysql/scripted-session.ts'

const row = (id: string, name: string, type = 'TABLESPACE') => ({
  FILE_ID: id,
  FILE_NAME: name,
  FILE_TYPE: type,
})

const pathsOf = async (...rows: ReturnType<typeof row>[]) => {
  const session = scriptedSession({ sql: /FROM information_schema\.FILES/, rows })
  return (await readDataFiles(session, '/var/lib/mysql/')).map(({ path }) => path)
}

describe('readDataFiles', () => {
  it('gives files of the data directory their path in it', async () => {
    const rows = [row('4294967294', './mysql.ibd'), row('2', '/var/lib/mysql/t/a.ibd')]
    expect(await pathsOf(...rows)).toEqual(['mysql.ibd', 't/a.ibd'])
  })

  it('gives every file of the system tablespace, which share one id, wherever they are kept', async () => {
    const rows = [row('0', './ibdata1'), row('0', '/other/disk/ibdata2')]
    expect(await pathsOf(...rows)).toEqual(['ibdata1', 'ibdata2'])
  })

  it('puts undo tablespaces at the top, as CLONE does', async () => {
    const rows = [
      row('4294967279', './undo_001', 'UNDO LOG'),
      row('4294967278', '/fast/undo/u2.ibu', 'UNDO LOG'),
    ]
    expect(await pathsOf(...rows)).toEqual(['undo_001', 'u2.ibu'])
  })
})

const files = (list: Readonly<Record<string, string>>): readonly DataFile[] =>
  Object.entries(list).map(([path, spaceId]) => ({ path, spaceId }))

describe('filesThroughout', () => {
  const before = files({
    ibdata1: '0',
    ibdata2: '0',
    't/stays.ibd': '2',
    't/dropped.ibd': '3',
    't/old_name.ibd': '4',
    't/truncated.ibd': '5',
  })
  const after = files({
    ibdata1: '0',
    ibdata2: '0',
    't/stays.ibd': '2',
    't/new_name.ibd': '4',
    't/truncated.ibd': '6',
    't/created.ibd': '7',
  })

  it('are those that were neither made, dropped, renamed nor truncated meanwhile', () => {
    expect(filesThroughout(before, after)).toEqual(['ibdata1', 'ibdata2', 't/stays.ibd'])
  })

  it('are all of them when nothing happened, and none when there were none', () => {
    expect(filesThroughout(before, before)).toEqual(before.map(({ path }) => path))
    expect(filesThroughout([], after)).toEqual([])
  })
})
