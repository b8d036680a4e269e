import { describe, expect, it } from 'vitest'
import { filesThroughout, readDataFiles } from '../../../src/clone/data-files.ts'
import { scriptedSession } from '../mysql/scripted-session.ts'

const row = (id: string, name: string, type = 'TABLESPACE') => ({
  FILE_ID: id,
  FILE_NAME: name,
  FILE_TYPE: type,
})

describe('readDataFiles', () => {
  it('gives each file the path that a clone stores it under', async () => {
    const session = scriptedSession({
      sql: /FROM information_schema\.FILES/,
      rows: [
        row('0', './ibdata1'),
        row('4294967294', './mysql.ibd'),
        row('2', '/var/lib/mysql/t/a.ibd'),
        row('4294967279', './undo_001', 'UNDO LOG'),
        row('4294967278', '/fast/undo/u2.ibu', 'UNDO LOG'),
      ],
    })
    expect([...(await readDataFiles(session, '/var/lib/mysql/'))]).toEqual([
      ['0', 'ibdata1'],
      ['4294967294', 'mysql.ibd'],
      ['2', 't/a.ibd'],
      ['4294967279', 'undo_001'],
      ['4294967278', 'u2.ibu'],
    ])
  })
})

describe('filesThroughout', () => {
  const before = new Map([
    ['0', 'ibdata1'],
    ['2', 't/stays.ibd'],
    ['3', 't/dropped.ibd'],
    ['4', 't/old_name.ibd'],
    ['5', 't/truncated.ibd'],
  ])
  const after = new Map([
    ['0', 'ibdata1'],
    ['2', 't/stays.ibd'],
    ['4', 't/new_name.ibd'],
    ['6', 't/truncated.ibd'],
    ['7', 't/created.ibd'],
  ])

  it('are those that were neither made, dropped, renamed nor truncated meanwhile', () => {
    expect(filesThroughout(before, after)).toEqual(['ibdata1', 't/stays.ibd'])
  })

  it('are all of them when nothing happened', () => {
    expect(filesThroughout(before, before)).toEqual([...before.values()])
    expect(filesThroughout(new Map(), after)).toEqual([])
  })
})
