// What GreatSQL's manual warns of, and what its samples show without a warning, each with its number. More
// of them stand beside what they are about: search for "P-" and "U-".
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { tableChecksums } from '../../bed/compare.ts'
import { describeServer } from '../../bed/describe-server.ts'
import type { Manifest } from '../../../src/repository/manifest.ts'
import { failureOf } from '../support/run-clonectl.ts'
import { type BackupDocument, discard } from '../support/scene.ts'
import { asTargetTime, clockOf } from '../support/server-state.ts'
import { describeEmulator, startGreatSql, useGreatSql } from './scene.ts'

describeServer('the pitfalls of restoring', () => {
  const stage = useGreatSql({ options: ['lower_case_table_names=1'] })
  let full: BackupDocument
  let incr: BackupDocument

  beforeAll(async () => {
    const { scene, server } = stage
    // A name that needs escapes in a file's name and in a shell (U-13).
    await server.sql("CREATE DATABASE t; CREATE TABLE t.`l#g/l'g.` (id INT PRIMARY KEY)")
    full = await scene.backup('full', '--compress')
    await server.sql("INSERT INTO t.`l#g/l'g.` VALUES (1)")
    incr = await scene.backup('incr', '--compress')
  })

  it('P-01: never restores into the repository or the server’s own directory', async () => {
    const { scene, server } = stage
    for (const target of [join(scene.repo, 'here'), join(server.datadir, 'here')]) {
      const failure = failureOf(await scene.run('restore', '--target-dir', target, '--json'))
      expect(failure.code).toBe('PATH_FORBIDDEN')
    }
  })

  it('P-07: refuses a target before the end of the full', async () => {
    const { scene } = stage
    const before = new Date(Date.parse(full.endTime) - 1).toISOString()
    const args = ['--to-time', before, '--binlog-dir', stage.server.datadir]
    const failure = failureOf(
      await scene.run('restore', '--target-dir', scene.path('early'), ...args, '--json'),
    )
    expect(failure).toMatchObject({ code: 'TARGET_UNREACHABLE', exitCode: 20 })
    expect(failure.message).toContain(full.endTime)
  })

  it('P-08: takes the binlog position from the restored instance, not from the history', async () => {
    const { scene, server } = stage
    const [row = []] = await server.sql(
      'SELECT BINLOG_FILE, BINLOG_POSITION, GTID_EXECUTED FROM mysql.clone_history LIMIT 1',
    )
    expect(row).toEqual(['', '0', ''])
    await server.sql("INSERT INTO t.`l#g/l'g.` VALUES (2)")
    const target = scene.path('to-time')
    const time = asTargetTime(await clockOf(server))
    const state = await tableChecksums(server)
    await server.sql("DROP TABLE t.`l#g/l'g.`")
    await scene.restore(
      ...['--target-dir', target, '--to-time', time, '--binlog-dir', server.datadir],
    )
    const restored = await scene.serverOn(target, ['lower_case_table_names=1'])
    expect(await tableChecksums(restored)).toEqual(state)
    await restored.stop()
    await discard(target)
  })

  it('P-04, P-18, P-59: starts an instance with the donor’s lower_case_table_names, unreachable by network', async () => {
    const { scene } = stage
    const target = scene.path('started')
    const { instance } = await scene.restore('--target-dir', target, '--start')
    const options = await readFile(join(target, 'clonectl-mysqld.cnf'), 'utf8')
    expect(options).toMatch(/^lower_case_table_names = 1$/m)
    expect(options).toMatch(/^skip_networking( = ON)?$/m)
    if (instance !== null) process.kill(instance.pid, 'SIGTERM')
  })

  it('P-20: proves what it restored instead of believing that it starts', async () => {
    const manifest = JSON.parse(
      await readFile(join(incr.directory, 'manifest.json'), 'utf8'),
    ) as Manifest
    for (const { sha256, content } of manifest.files)
      expect(content?.sha256 ?? sha256).toHaveLength(64)
  })
})

describeEmulator('the pitfalls of taking', () => {
  describeServer('that a server shows', () => {
    const stage = useGreatSql()

    it('P-11: compresses files without touching what goes over the network', async () => {
      const { scene, emulator } = stage
      await scene.backup('full', '--compress')
      expect(emulator.heard.filter((text) => text.includes('clone_enable_compression'))).toEqual([])
    })

    it('P-12: names the LSN itself, and never a base directory', async () => {
      const { scene, emulator } = stage
      await scene.backup('incr')
      expect(emulator.heard.filter((text) => /INCREMENT BASED/i.test(text))).toEqual([])
      expect(emulator.heard.at(-1)).toBeDefined()
      expect(emulator.heard.some((text) => / START_LSN = [1-9]\d*$/.test(text))).toBe(true)
    })

    it('P-13, P-54: begins anew after a clone that was killed', async () => {
      const { scene, emulator } = stage
      emulator.tuning.stageDelayMs = { 'FILE COPY': 3000 }
      const running = scene.start('full', '--json')
      await expect
        .poll(async () => (await emulator.sql(RUNNING)).length, { timeout: 20_000 })
        .toBe(1)
      emulator.tuning.stageDelayMs = {}
      running.child.kill('SIGTERM')
      expect(failureOf(await running.ended)).toMatchObject({ code: 'CANCELLED', exitCode: 130 })
      expect(await scene.backup('full')).toMatchObject({ type: 'full', cleaned: [] })
    })

    it('P-14: does not rely on clone_status, which forgets', async () => {
      const { scene, emulator } = stage
      await emulator.sql('UNINSTALL PLUGIN clone')
      await emulator.sql("INSTALL PLUGIN clone SONAME 'mysql_clone.so'")
      expect(await emulator.sql('SELECT * FROM performance_schema.clone_status')).toEqual([])
      expect(await scene.backup('incr')).toMatchObject({ type: 'increment' })
    })

    it('P-40: believes the state of the clone, whatever its stages show', async () => {
      const { scene, emulator } = stage
      const incr = await scene.backup('incr')
      const stages = await emulator.sql('SELECT STATE FROM performance_schema.clone_progress')
      expect(stages.flat()).toContain('Not Started')
      expect(incr.type).toBe('increment')
    })
  })

  describeServer('between two servers', () => {
    const stage = useGreatSql()

    it('P-09: sets compression on the server that runs CLONE, not on the donor', async () => {
      const { scene, emulator } = stage
      await mkdir(scene.path('other'), { recursive: true })
      const donor = await startGreatSql(scene.path('other/donor'))
      await donor.sql(`CREATE USER copier@'127.0.0.1' IDENTIFIED BY '';
        GRANT BACKUP_ADMIN, PROCESS ON *.* TO copier@'127.0.0.1';
        GRANT SELECT ON performance_schema.* TO copier@'127.0.0.1'`)
      await emulator.sql(`SET GLOBAL clone_valid_donor_list = '127.0.0.1:${donor.port}'`)
      await scene.backup('full', '--compress', '--donor', `copier@127.0.0.1:${donor.port}`)
      const heard = 'heard' in donor ? (donor.heard as readonly string[]) : []
      expect(heard.filter((text) => /SET GLOBAL clone_file/i.test(text))).toEqual([])
      const [statement = ''] = emulator.heard.filter((text) => text.startsWith('CLONE'))
      expect(statement).toMatch(
        new RegExp(
          `^CLONE INSTANCE FROM 'copier'@'127\\.0\\.0\\.1':${donor.port} IDENTIFIED BY '' ` +
            `DATA DIRECTORY = '[^']+' ENABLE PAGE TRACK$`,
        ),
      )
      await donor.stop()
    })
  })

  describeServer('without GTIDs', () => {
    const stage = useGreatSql({ options: ['gtid_mode=OFF', 'enforce_gtid_consistency=OFF'] })

    it('U-14: comes back at a time by position', async () => {
      const { scene, server } = stage
      await server.sql('CREATE DATABASE t; CREATE TABLE t.a (id INT PRIMARY KEY)')
      await scene.backup('full')
      await server.sql('INSERT INTO t.a VALUES (1)')
      const time = asTargetTime(await clockOf(server))
      const state = await tableChecksums(server)
      await server.sql('INSERT INTO t.a VALUES (2)')
      const target = scene.path('by-position')
      await scene.restore(
        ...['--target-dir', target, '--to-time', time, '--binlog-dir', server.datadir],
      )
      const restored = await scene.serverOn(target)
      expect(await tableChecksums(restored)).toEqual(state)
      await restored.stop()
    })
  })
})

const RUNNING = "SELECT 1 FROM performance_schema.clone_status WHERE STATE = 'In Progress'"
