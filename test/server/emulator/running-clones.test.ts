// Clones that run: seen, killed, too many of them, and what they leave when they fail.
import { existsSync } from 'node:fs'
import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, it } from 'vitest'
import { describeServer } from '../../bed/describe-server.ts'
import { connect, runSql } from '../../bed/sql.ts'
import type { Emulator } from '../../greatsql-emulator/emulator.ts'
import { failureOf } from './support/sql-failure.ts'
import { useEmulator } from './support/stage.ts'

const slow = 30_000

/** Starts a CLONE on a connection of its own and waits until its stage is the one that runs. */
const startClone = async (emulator: Emulator, statement: string, stageName: string) => {
  const connection = await connect(emulator)
  const id = String(connection.threadId)
  const done = runSql(connection, statement).then(
    () => 'ok',
    (error: unknown) => {
      const { errno, sqlState, message } = error as Error & Record<string, unknown>
      return `${String(errno)} ${String(sqlState)} ${message}`
    },
  )
  const state = (): Promise<string[][]> =>
    emulator.sql(`SELECT p.STATE FROM performance_schema.clone_status s
      JOIN performance_schema.clone_progress p ON p.ID = s.ID
      WHERE s.PID = ${id} AND p.STAGE = '${stageName}'`)
  while ((await state())[0]?.[0] !== 'In Progress') await sleep(20)
  return { id, done, connection }
}

describeServer('a clone that runs', () => {
  const stage = useEmulator({ version: '8.0.32-26' })
  const full = (name: string): string =>
    `CLONE LOCAL DATA DIRECTORY = '${stage.path(name)}' ENABLE PAGE TRACK`

  afterEach(() => {
    Object.assign(stage.emulator.tuning, {
      stageDelayMs: {},
      fault: undefined,
      clientLost: 'completes',
    })
  })

  it('is seen in clone_status, in the process list and in its directory', async () => {
    const { emulator, path } = stage
    emulator.tuning.stageDelayMs = { 'PAGE COPY': 1500 }
    const clone = await startClone(emulator, full('seen'), 'PAGE COPY')
    const [status = []] = await emulator.sql(
      `SELECT STATE, ERROR_NO, END_TIME, START_LSN, PAGE_TRACK_LSN > 0, END_LSN
       FROM performance_schema.clone_status`,
    )
    expect(status).toEqual(['In Progress', '0', 'NULL', '0', '1', '0'])
    const [[info = ''] = []] = await emulator.sql(
      `SELECT INFO FROM performance_schema.processlist WHERE ID = ${clone.id}`,
    )
    expect(info).toContain(full('seen'))
    const directory = join(path('seen'), '#clone')
    expect((await readdir(directory)).sort()).toEqual([
      '#status_in_progress',
      '#view_progress',
      '#view_status',
    ])
    expect(await readFile(join(directory, '#view_status'), 'utf8')).toMatch(
      /^1 0\n\d+ 0\nLOCAL INSTANCE\n1317\nQuery execution was interrupted\n0 \d+ 0\n\n0\n\n$/,
    )
    // What runs is stored as failed (3), should the server die now.
    expect(await readFile(join(directory, '#view_progress'), 'utf8')).toMatch(
      /^0\n2 [^\n]+\n2 [^\n]+\n3 [^\n]+\n(?:0 0 0 0 0 0 0\n){4}$/,
    )
    expect(await clone.done).toBe('ok')
    clone.connection.destroy()
    expect(existsSync(join(directory, '#status_in_progress'))).toBe(false)
  })

  it.each(['FILE COPY', 'PAGE COPY', 'REDO COPY', 'FILE SYNC'])(
    'is interrupted by KILL QUERY in %s and leaves its directory',
    async (name) => {
      const { emulator, path } = stage
      const dir = `killed-${name.replace(' ', '-')}`
      emulator.tuning.stageDelayMs = { [name]: slow }
      const clone = await startClone(emulator, full(dir), name)
      await emulator.sql(`KILL QUERY ${clone.id}`)
      expect(await clone.done).toBe('1317 70100 Query execution was interrupted')
      expect(await runSql(clone.connection, 'SELECT 1')).toEqual([['1']])
      clone.connection.destroy()
      const left = await readdir(join(path(dir), '#clone'))
      expect(left).toContain('#status_in_progress')
      expect(left).toContain('#clone_checkpoints')
      expect(left).not.toContain('#status_fix')
      const [row = []] = await emulator.sql(
        `SELECT STATE, ERROR_NO, ERROR_MESSAGE, END_LSN > 0 FROM mysql.clone_history
         WHERE DESTINATION = '${path(dir)}/'`,
      )
      const late = name === 'REDO COPY' || name === 'FILE SYNC'
      expect(row).toEqual(['Failed', '1317', 'Query execution was interrupted', late ? '1' : '0'])
      expect(await failureOf(emulator, full(dir))).toMatch(/^1007 /)
      expect(emulator.slotsUsed()).toEqual({ recipient: 0, donor: 0 })
    },
  )

  it('is interrupted by KILL, which ends its connection', async () => {
    const { emulator } = stage
    emulator.tuning.stageDelayMs = { 'FILE COPY': slow }
    const clone = await startClone(emulator, full('gone'), 'FILE COPY')
    await emulator.sql(`KILL ${clone.id}`)
    expect(await clone.done).toMatch(/Connection lost|closed/)
    const failed = (): Promise<string[][]> =>
      emulator.sql(`SELECT ERROR_NO FROM mysql.clone_history WHERE PID = ${clone.id}`)
    while ((await failed()).length === 0) await sleep(20)
    expect(await failed()).toEqual([['1317']])
  })

  it('may be killed by its owner and by those who may kill', async () => {
    const { emulator } = stage
    await emulator.sql('CREATE USER someone')
    emulator.tuning.stageDelayMs = { 'FILE COPY': slow }
    const clone = await startClone(emulator, full('mine'), 'FILE COPY')
    const someone = { user: 'someone' }
    expect(await failureOf(emulator, `KILL QUERY ${clone.id}`, someone)).toBe(
      `1095 HY000 You are not owner of thread ${clone.id}`,
    )
    await emulator.sql(`KILL QUERY ${clone.id}`)
    expect(await clone.done).toMatch(/^1317 /)
    clone.connection.destroy()
  })

  it.each([
    ['completes', 'Completed'],
    ['aborts', 'Failed'],
  ] as const)('%s without its client when told so', async (clientLost, state) => {
    const { emulator, path } = stage
    Object.assign(emulator.tuning, { clientLost, stageDelayMs: { 'FILE COPY': 500 } })
    const clone = await startClone(emulator, full(`lost-${clientLost}`), 'FILE COPY')
    clone.connection.destroy()
    const rows = (): Promise<string[][]> =>
      emulator.sql(
        `SELECT STATE FROM mysql.clone_history WHERE DESTINATION = '${path(`lost-${clientLost}`)}/'`,
      )
    while ((await rows()).length === 0) await sleep(20)
    expect(await rows()).toEqual([[state]])
  })

  it('leaves neither row nor checkpoints when its server crashes', async () => {
    const { emulator, path } = stage
    emulator.tuning.stageDelayMs = { 'PAGE COPY': slow }
    const clone = await startClone(emulator, full('crashed'), 'PAGE COPY')
    await emulator.restart({ crash: true })
    expect(await clone.done).toMatch(/Connection lost|closed/)
    expect(
      await emulator.sql(
        `SELECT * FROM mysql.clone_history WHERE DESTINATION = '${path('crashed')}/'`,
      ),
    ).toEqual([])
    const directory = join(path('crashed'), '#clone')
    expect((await readdir(directory)).sort()).toEqual([
      '#status_in_progress',
      '#view_progress',
      '#view_status',
    ])
    expect(await readFile(join(directory, '#view_status'), 'utf8')).toMatch(/^1 \d+\n/)
    expect(emulator.slotsUsed()).toEqual({ recipient: 0, donor: 0 })
  })

  it('fails with the error that is planted in a stage', async () => {
    const { emulator, path } = stage
    const message = "Error writing file 'Clone File' (errno: 28 - No space left on device)"
    emulator.tuning.fault = { stage: 'DROP DATA', errno: 1026, message }
    expect(await failureOf(emulator, full('early'))).toBe(`1026 HY000 ${message}`)
    expect(existsSync(path('early'))).toBe(false)
    const stages = await emulator.sql(
      `SELECT p.STATE FROM performance_schema.clone_progress p JOIN performance_schema.clone_status s
       ON p.ID = s.ID WHERE s.DESTINATION = '${path('early')}/'`,
    )
    expect(stages.flat()).toEqual(['Failed', ...Array<string>(6).fill('Not Started')])
    emulator.tuning.fault = { stage: 'PAGE COPY', errno: 1026, message }
    expect(await failureOf(emulator, full('late'))).toBe(`1026 HY000 ${message}`)
    expect(existsSync(join(path('late'), 'ibdata1'))).toBe(true)
    expect(await failureOf(emulator, full('then'))).toBe('ok')
  })

  it('is one of five at most in 8.0.32-26', async () => {
    const { emulator } = stage
    emulator.tuning.stageDelayMs = { 'DROP DATA': 4000 }
    const names = ['s1', 's2', 's3', 's4', 's5']
    const clones = await Promise.all(
      names.map((name) => startClone(emulator, full(name), 'DROP DATA')),
    )
    expect(emulator.slotsUsed()).toEqual({ recipient: 5, donor: 5 })
    expect(await failureOf(emulator, full('s6'))).toBe(
      '3634 HY000 Too many concurrent clone operations. Maximum allowed - 5.',
    )
    emulator.tuning.stageDelayMs = {}
    for (const clone of clones) {
      await emulator.sql(`KILL QUERY ${clone.id}`)
      expect(await clone.done).toMatch(/^1317 /)
      clone.connection.destroy()
    }
    expect(emulator.slotsUsed()).toEqual({ recipient: 0, donor: 0 })
  })

  it('leaks its slot for a base that cannot be read, until the plugin is loaded anew', async () => {
    const { emulator, path } = stage
    const before = await emulator.sql('SELECT COUNT(*) FROM mysql.clone_history')
    const based = `${full('leak')} INCREMENT BASED DIRECTORY '${path('nothing')}'`
    expect(await failureOf(emulator, based)).toBe(
      `1024 HY000 Error reading file '${path('nothing')}/#clone/#clone_checkpoints' (errno: 2 - No such file or directory)`,
    )
    expect(emulator.slotsUsed()).toEqual({ recipient: 1, donor: 0 })
    expect(existsSync(path('leak'))).toBe(false)
    expect(await emulator.sql('SELECT COUNT(*) FROM mysql.clone_history')).toEqual(before)
    expect(
      await emulator.sql(
        `SELECT COUNT(*) FROM performance_schema.clone_status WHERE STATE = 'In Progress'`,
      ),
    ).toEqual([['1']])
    await emulator.sql("UNINSTALL PLUGIN clone; INSTALL PLUGIN clone SONAME 'mysql_clone.so'")
    expect(emulator.slotsUsed()).toEqual({ recipient: 0, donor: 0 })
    expect(await emulator.sql('SELECT * FROM performance_schema.clone_status')).toEqual([])
  })

  it('remembers ten clones in ten places', async () => {
    const { emulator, path } = stage
    emulator.tuning.stageDelayMs = {}
    for (let n = 0; n < 12; n += 1) {
      emulator.tuning.fault = { stage: 'DROP DATA', errno: 1026, message: 'planted' }
      await failureOf(emulator, full(`ring-${n}`))
    }
    const ids = await emulator.sql('SELECT ID FROM performance_schema.clone_status')
    expect(ids.flat()).toEqual(['10', '11', '2', '3', '4', '5', '6', '7', '8', '9'])
    expect(await emulator.sql('SELECT COUNT(*) FROM performance_schema.clone_progress')).toEqual([
      ['70'],
    ])
    await rm(path('ring-0'), { recursive: true, force: true })
  })
})

describeServer('a donor of 8.0.32-27', () => {
  const stage = useEmulator()

  it('serves one clone at a time', async () => {
    const { emulator, path } = stage
    emulator.tuning.stageDelayMs = { 'FILE COPY': slow }
    const full = (name: string): string => `CLONE LOCAL DATA DIRECTORY = '${path(name)}'`
    const clone = await startClone(emulator, full('first'), 'FILE COPY')
    expect(await failureOf(emulator, full('second'))).toBe(
      '3634 HY000 Too many concurrent clone operations. Maximum allowed - 1.',
    )
    expect(emulator.slotsUsed()).toEqual({ recipient: 1, donor: 1 })
    await emulator.sql(`CREATE USER d IDENTIFIED BY 'pw'; GRANT BACKUP_ADMIN ON *.* TO d;
      SET GLOBAL clone_valid_donor_list = '127.0.0.1:${emulator.port}'`)
    expect(
      await failureOf(
        emulator,
        `CLONE INSTANCE FROM d@127.0.0.1:${emulator.port} IDENTIFIED BY 'pw'
         DATA DIRECTORY '${path('third')}'`,
      ),
    ).toBe(
      '3862 HY000 Clone Donor Error: 3634 : Too many concurrent clone operations. Maximum allowed - 1..',
    )
    await emulator.sql(`KILL QUERY ${clone.id}`)
    await clone.done
    clone.connection.destroy()
    expect(emulator.slotsUsed()).toEqual({ recipient: 0, donor: 0 })
  })
})
