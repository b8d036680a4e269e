import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { confirmClone } from '../../../src/clone/confirm.ts'
import type { Row } from '../../../src/mysql/session.ts'
import { sessionThat } from '../../fakes/clone-context.ts'
import { cloneStatusRow } from '../../fakes/clone-status-row.ts'
import { failureOf } from '../system/failure-of.ts'
import { useScratchDir } from '../system/scratch-dir.ts'

const scratch = useScratchDir()
const clone = (...parts: readonly string[]) => scratch('data', ...parts)

const FILES = [
  '#clone/#status_fix',
  '#clone/#view_status',
  '#innodb_redo/#ib_redo3',
  'ibdata1',
  'mysql.ibd',
  't/a.ibd',
]

beforeEach(() => {
  for (const path of FILES) {
    mkdirSync(dirname(clone(path)), { recursive: true })
    writeFileSync(clone(path), 'x')
  }
  mkdirSync(clone('mysql'))
})

const confirm = (rows?: readonly Row[]) =>
  confirmClone(
    sessionThat(() => rows ?? [cloneStatusRow(clone())]),
    clone(),
    ['ibdata1', 't/a.ibd'],
  )

describe('confirmClone', () => {
  it('gives files and times of a clone that is whole', async () => {
    const { tree, beginTime, endTime } = await confirm()
    expect(tree.files.map(({ path }) => path)).toEqual(FILES)
    expect(tree.emptyDirectories).toEqual(['mysql'])
    expect(beginTime).toEqual(new Date('2026-11-20T09:30:12.345Z'))
    expect(endTime).toEqual(new Date('2026-11-20T09:30:48.000Z'))
  })

  it('finds its row among those of other clones', async () => {
    const rows = [cloneStatusRow('/elsewhere', { STATE: 'Failed' }), cloneStatusRow(clone())]
    await expect(confirm(rows)).resolves.toBeDefined()
  })

  it.each<[string, Row, string]>([
    ['did not complete', { STATE: 'Failed' }, 'its state is Failed'],
    ['still runs', { STATE: 'In Progress', END_TIME: null }, 'its state is In Progress'],
    [
      'ended with an error',
      { ERROR_NO: '1317', ERROR_MESSAGE: 'Query execution was interrupted' },
      'error 1317: Query execution was interrupted',
    ],
    ['has no times', { BEGIN_TIME: null }, 'its times are not known'],
  ])('refuses one of which the server says that it %s', async (_, changes, problem) => {
    const error = await failureOf(confirm([cloneStatusRow(clone(), changes)]))
    expect(error.code).toBe('INTEGRITY')
    expect(error.message).toContain(`the clone in ${clone()} is not whole: `)
    expect(error.message).toContain(problem)
  })

  it.each<[string, readonly Row[]]>([
    ['knows no clone', []],
    ['knows another clone only', [cloneStatusRow('/elsewhere')]],
  ])('refuses one when the server %s', async (_, rows) => {
    expect((await failureOf(confirm(rows))).message).toContain(
      'performance_schema.clone_status does not know it',
    )
  })

  it.each([...FILES.filter((path) => path !== '#innodb_redo/#ib_redo3')])(
    'refuses one without %s',
    async (path) => {
      rmSync(clone(path))
      expect((await failureOf(confirm())).message).toContain(`${path} is missing`)
    },
  )

  it('refuses one without a redo log; a spare file is none', async () => {
    rmSync(clone('#innodb_redo/#ib_redo3'))
    writeFileSync(clone('#innodb_redo/#ib_redo4_tmp'), 'x')
    expect((await failureOf(confirm())).message).toContain('it holds no redo log')
  })

  it('refuses one that says of itself that it did not end', async () => {
    writeFileSync(clone('#clone/#status_in_progress'), '')
    expect((await failureOf(confirm())).message).toContain(
      '#status_in_progress says it did not end',
    )
  })

  it('tells everything at once', async () => {
    rmSync(clone('t/a.ibd'))
    rmSync(clone('mysql.ibd'))
    const { details } = await failureOf(confirm([cloneStatusRow(clone(), { STATE: 'Failed' })]))
    expect(details['problems']).toEqual([
      'its state is Failed',
      'mysql.ibd is missing',
      't/a.ibd is missing',
    ])
  })
})
