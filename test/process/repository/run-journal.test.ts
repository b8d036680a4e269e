import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { openRunJournal, readRunJournal } from '../../../src/repository/run-journal.ts'
import { failureOf } from '../system/failure-of.ts'
import { useScratchDir } from '../system/scratch-dir.ts'

const scratch = useScratchDir()
const owner = { pid: 4711, startTime: '123456', host: 'db1' }

const open = () => {
  let minute = 0
  const clock = { now: () => new Date(Date.UTC(2026, 10, 20, 9, minute++)) }
  return openRunJournal(scratch('run.json'), 'clonectl full', owner, clock)
}

describe('the journal of a run', () => {
  it('appears with the first step', async () => {
    const journal = open()
    expect(existsSync(scratch('run.json'))).toBe(false)
    await journal.begin('begin')
    expect(await readRunJournal(scratch('run.json'))).toEqual({
      format: 1,
      command: 'clonectl full',
      owner,
      session: null,
      statement: null,
      mysqld: null,
      globals: null,
      steps: [{ step: 'begin', at: '2026-11-20T09:00:00.000Z' }],
    })
  })

  it('holds each step before it begins, and keeps the facts that were told', async () => {
    const journal = open()
    const session = { serverUuid: 'abc', connectionId: 41 }
    await journal.begin('begin')
    await journal.begin('clone', { session, statement: 'CLONE LOCAL …' })
    await journal.begin('mysqld', { mysqld: owner })
    const record = await readRunJournal(scratch('run.json'))
    expect(record).toMatchObject({ session, statement: 'CLONE LOCAL …', mysqld: owner })
    expect(record?.steps.map(({ step, at }) => `${at} ${step}`)).toEqual([
      '2026-11-20T09:00:00.000Z begin',
      '2026-11-20T09:01:00.000Z clone',
      '2026-11-20T09:02:00.000Z mysqld',
    ])
    expect(record).toEqual(journal.record)
    expect(readdirSync(scratch())).toEqual(['run.json'])
  })

  it('is nothing where a run died before it wrote one', async () => {
    expect(await readRunJournal(scratch('run.json'))).toBeUndefined()
  })

  it.each(['{"format":1}', 'x', '{"format":1,"command":"c","owner":{"pid":"1"}}'])(
    'is not guessed from %j',
    async (text) => {
      writeFileSync(scratch('run.json'), text)
      const error = await failureOf(readRunJournal(scratch('run.json')))
      expect(error.code).toBe('REPOSITORY_UNREADABLE')
    },
  )
})
