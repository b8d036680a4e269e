// What is asked of a real server: identity, capabilities, positions, settings, page tracking.
import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { readCapabilities } from '../../../src/mysql/capabilities.ts'
import { readCloneStatus } from '../../../src/mysql/clone-status.ts'
import { readLogStatus } from '../../../src/mysql/log-status.ts'
import {
  MAX_LSN,
  pageTrackingStart,
  purgePageTracking,
  startPageTracking,
  stopPageTracking,
} from '../../../src/mysql/page-track.ts'
import { hasPrivilege, READ_PERFORMANCE_SCHEMA } from '../../../src/mysql/privileges.ts'
import { readRestoreSettings } from '../../../src/mysql/restore-settings.ts'
import { readIdentity } from '../../../src/mysql/server-identity.ts'
import { openSession, type Session } from '../../../src/mysql/session.ts'
import { quoteText } from '../../../src/mysql/sql-text.ts'
import { describeServer } from '../../bed/describe-server.ts'
import { startInstance, type Instance } from '../../bed/instance.ts'
import { makeScratchDirectory, type ScratchDirectory } from '../../bed/scratch-directory.ts'

let scratch: ScratchDirectory
let server: Instance
let root: Session

const openAs = (user: string): Promise<Session> => openSession({ user, socket: server.socket })

const accounts = `
  CREATE USER none, backup, by_role, idle_role, everything, one_table;
  GRANT BACKUP_ADMIN, REPLICATION CLIENT ON *.* TO backup;
  GRANT SELECT ON performance_schema.* TO backup;
  CREATE ROLE inner_role, outer_role;
  GRANT BACKUP_ADMIN, REPLICATION SLAVE ON *.* TO inner_role;
  GRANT SELECT ON performance_schema.* TO inner_role;
  GRANT inner_role TO outer_role;
  GRANT outer_role TO by_role, idle_role;
  SET DEFAULT ROLE outer_role TO by_role;
  GRANT ALL ON *.* TO everything;
  GRANT SELECT ON performance_schema.log_status TO one_table`

const interesting = [
  'BACKUP_ADMIN',
  'REPLICATION CLIENT',
  'REPLICATION SLAVE',
  READ_PERFORMANCE_SCHEMA,
]

describeServer('a real server', () => {
  beforeAll(async () => {
    scratch = await makeScratchDirectory()
    server = await startInstance({ dir: join(scratch.path, 'server') })
    await server.sql(accounts)
    root = await openAs('root')
  })
  afterAll(async () => {
    await root.close()
    await server.stop()
    await scratch[Symbol.asyncDispose]()
  })

  it('says who it is', async () => {
    const identity = await readIdentity(root)
    expect(identity.serverUuid).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/u)
    expect(identity.version).toMatch(/^\d+\.\d+\.\d+/u)
    expect(identity.datadir).toBe(`${server.datadir}/`)
    expect(['GreatSQL', 'Percona', 'MySQL']).toContain(identity.flavour)
  })

  it.each([
    ['root', interesting],
    ['everything', interesting],
    ['backup', ['BACKUP_ADMIN', 'REPLICATION CLIENT', READ_PERFORMANCE_SCHEMA]],
    ['by_role', ['BACKUP_ADMIN', 'REPLICATION SLAVE', READ_PERFORMANCE_SCHEMA]],
    ['idle_role', []],
    ['one_table', []],
    ['none', []],
  ])('tells what %s may do', async (user, held) => {
    await using session = await openAs(user)
    const { privileges } = await readCapabilities(session)
    expect(interesting.filter((name) => hasPrivilege(privileges, name))).toEqual(held)
  })

  it('sees through partial revokes', async () => {
    await server.sql(
      'SET GLOBAL partial_revokes = ON; REVOKE SELECT ON performance_schema.* FROM everything',
    )
    await using session = await openAs('everything')
    const { privileges } = await readCapabilities(session)
    expect(hasPrivilege(privileges, READ_PERFORMANCE_SCHEMA)).toBe(false)
    expect(hasPrivilege(privileges, 'SELECT')).toBe(true)
  })

  it('tells what it can do to whoever asks, and asks nothing with an effect', async () => {
    const before = await readLogStatus(root)
    await using session = await openAs('none')
    for (const asking of [root, session]) {
      const found = await readCapabilities(asking)
      expect(found).toMatchObject({ clonePlugin: true, mysqlbackupComponent: true })
      const isGreatSql = (await readIdentity(asking)).flavour === 'GreatSQL'
      expect(found.incrementalClone).toBe(isGreatSql)
      if (asking === session) expect(found.sharpCheckpoint).toBe(false)
    }
    expect((await readLogStatus(root)).checkpointLsn).toBe(before.checkpointLsn)
  })

  it('misses what is not installed', async () => {
    await server.sql("UNINSTALL COMPONENT 'file://component_mysqlbackup'; UNINSTALL PLUGIN clone")
    expect(await readCapabilities(root)).toMatchObject({
      clonePlugin: false,
      mysqlbackupComponent: false,
    })
    expect(await readCloneStatus(root)).toEqual([])
    await server.sql(
      "INSTALL COMPONENT 'file://component_mysqlbackup'; INSTALL PLUGIN clone SONAME 'mysql_clone.so'",
    )
  })

  it('tells redo and binlog positions of one moment', async () => {
    const before = await readLogStatus(root)
    await server.sql(
      'CREATE DATABASE d; CREATE TABLE d.t (id INT PRIMARY KEY); INSERT INTO d.t VALUES (1)',
    )
    const after = await readLogStatus(root)
    expect(after.lsn).toBeGreaterThan(before.lsn)
    expect(after.lsn).toBeGreaterThanOrEqual(after.checkpointLsn)
    expect(after.binlogFile).toMatch(/^binlog\.\d{6}$/u)
    expect(after.binlogPosition).toBeGreaterThan(before.binlogPosition!)
    expect(after.gtidExecuted).toBe(
      (await root.value('SELECT @@gtid_executed'))?.replace(/\s/gu, ''),
    )
    await using session = await openAs('none')
    await expect(readLogStatus(session)).rejects.toMatchObject({ details: { errno: 1142 } })
  })

  it('remembers the clone it made', async () => {
    const target = join(scratch.path, "it's a clone")
    await root.query(`CLONE LOCAL DATA DIRECTORY = ${quoteText(target)}`)
    await access(join(target, '#clone'))
    expect((await readCloneStatus(root)).at(-1)).toMatchObject({
      pid: root.connectionId,
      state: 'Completed',
      source: 'LOCAL INSTANCE',
      destination: `${target}/`,
      errorNo: 0,
      endTime: expect.any(Date),
    })
  })

  it('keeps the clone’s failure', async () => {
    await expect(
      root.query(`CLONE LOCAL DATA DIRECTORY = '${server.datadir}/in'`),
    ).rejects.toMatchObject({
      code: 'SERVER',
      message: expect.stringMatching(/^CLONE LOCAL: .*\(MySQL error 3632/u),
    })
  })

  it('hands out the settings a restore needs', async () => {
    const { variables, plugins, components } = await readRestoreSettings(root)
    expect(variables).toMatchObject({
      lower_case_table_names: '0',
      innodb_page_size: '16384',
      innodb_data_file_path: expect.stringContaining('ibdata1'),
      innodb_undo_directory: './',
      datadir: `${server.datadir}/`,
      gtid_mode: 'ON',
      log_bin_basename: join(server.datadir, 'binlog'),
    })
    expect(Object.values(variables)).not.toContain(undefined)
    const clone = { name: 'clone', type: 'CLONE', library: 'mysql_clone.so' }
    expect(plugins).toContainEqual({ ...clone, registered: true })
    expect(components).toContain('file://component_mysqlbackup')
    await using session = await openAs('none')
    const hidden = await readRestoreSettings(session)
    expect(hidden.components).toBeNull()
    expect(hidden.plugins).toContainEqual({ ...clone, registered: null })
  })

  it('starts, stops and purges page tracking', async () => {
    await stopPageTracking(root)
    expect(await pageTrackingStart(root)).toBe(0n)
    expect(await stopPageTracking(root)).toBe(0n)
    const since = await startPageTracking(root)
    expect(since).toBeGreaterThan(0n)
    expect(await pageTrackingStart(root)).toBe(since)
    expect(await purgePageTracking(root, MAX_LSN)).toBe(MAX_LSN)
    expect(await stopPageTracking(root)).toBeGreaterThan(0n)
    expect(await pageTrackingStart(root)).toBe(0n)
    expect(await purgePageTracking(root, MAX_LSN)).toBeLessThan(MAX_LSN)
    expect(await purgePageTracking(root, MAX_LSN)).toBe(MAX_LSN)
    await using session = await openAs('none')
    await expect(startPageTracking(session)).rejects.toMatchObject({ details: { errno: 1227 } })
  })
})
