// The test bed itself: what every other server test stands on.
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { BedUnavailable, findBasedir } from '../bed/basedir.ts'
import { gtidExecuted, tableChecksums, treeDigest } from '../bed/compare.ts'
import { describeServer } from '../bed/describe-server.ts'
import { startInstance, type Instance } from '../bed/instance.ts'
import { loadTables, startWriters } from '../bed/load.ts'
import { isRunning } from '../bed/process-handle.ts'
import { makeScratchDirectory, type ScratchDirectory } from '../bed/scratch-directory.ts'

describe('findBasedir', () => {
  it('names the programs that CLONECTL_TEST_BASEDIR lacks', async () => {
    const env = { CLONECTL_TEST_BASEDIR: '/nowhere' }
    const failure = findBasedir({ env })
    await expect(failure).rejects.toBeInstanceOf(BedUnavailable)
    await expect(failure).rejects.toThrow(
      'CLONECTL_TEST_BASEDIR=/nowhere has no mysqld, mysql, mysqlbinlog, my_print_defaults in bin/ or sbin/',
    )
  })

  it('says in one line what to set where MySQL cannot be fetched', async () => {
    await using scratch = await makeScratchDirectory()
    // Without the keys nothing is asked of the network.
    const env = {
      CLONECTL_TEST_BASEDIR: '',
      XDG_CACHE_HOME: scratch.path,
      MYSQL_MIRROR: '',
      MYSQL_KEYRING: join(scratch.path, 'none'),
    }
    const failure: unknown = await findBasedir({ env }).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(BedUnavailable)
    expect(String(failure)).toMatch(/set CLONECTL_TEST_BASEDIR to an unpacked MySQL.*MYSQL_MIRROR/)
    expect(String(failure)).not.toContain('\n')
  })
})

describeServer('a fresh instance', () => {
  let scratch: ScratchDirectory
  let server: Instance

  beforeAll(async () => {
    scratch = await makeScratchDirectory()
    server = await startInstance({ dir: join(scratch.path, 'one') })
  })

  afterAll(async () => {
    await server.stop()
    await scratch[Symbol.asyncDispose]()
  })

  it('has the clone plugin and component_mysqlbackup', async () => {
    expect(
      await server.sql(
        `SELECT plugin_status FROM information_schema.plugins WHERE plugin_name = 'clone';
         SELECT component_urn FROM mysql.component`,
      ),
    ).toEqual([['ACTIVE'], ['file://component_mysqlbackup']])
  })

  it('writes a binlog with GTIDs and begins with none', async () => {
    expect(await server.sql('SELECT @@log_bin, @@gtid_mode, @@gtid_executed')).toEqual([
      ['1', 'ON', ''],
    ])
    expect((await server.sql('SHOW BINARY LOGS')).map(([name]) => name)).toEqual(['binlog.000001'])
    await server.sql('CREATE DATABASE first')
    const [uuid = []] = await server.sql('SELECT @@server_uuid')
    expect(await gtidExecuted(server)).toBe(`${uuid[0]}:1`)
  })

  it('tells a program how to use it', async () => {
    const { document, process, datadir, port, socket } = server
    expect(document).toEqual({
      basedir: server.basedir.path,
      datadir,
      socket,
      port,
      user: 'root',
      pid: process?.pid,
    })
    expect(await server.sql('SELECT @@port, @@socket, @@datadir')).toEqual([
      [String(port), socket, `${datadir}/`],
    ])
    expect(await readFile(join(server.dir, 'mysqld.pid'), 'utf8')).toBe(`${document.pid}\n`)
  })

  it('gives the rows of several statements as text', async () => {
    expect(
      await server.sql('SELECT 1, NULL; DO 1; SELECT 18446744073709551615; SELECT 1 WHERE 0'),
    ).toEqual([['1', 'NULL'], ['18446744073709551615']])
  })

  it('lets a user log in with a password', async () => {
    await server.sql("CREATE USER clerk@localhost IDENTIFIED BY 'pw'")
    expect(await server.sql('SELECT CURRENT_USER()', { user: 'clerk', password: 'pw' })).toEqual([
      ['clerk@localhost'],
    ])
    await expect(server.sql('DO 1', { user: 'clerk', password: 'no' })).rejects.toMatchObject({
      errno: 1045,
    })
  })

  it('lets no second server start in its directory', async () => {
    const { dir, datadir } = server
    await expect(startInstance({ dir })).rejects.toThrow(`${datadir} exists already`)
    await expect(startInstance({ dir, fromDatadir: datadir })).rejects.toThrow(
      `a server runs in ${dir} already`,
    )
  })
})

describeServer('an instance that is stopped, killed and started', () => {
  let scratch: ScratchDirectory

  beforeEach(async () => {
    scratch = await makeScratchDirectory()
  })

  afterEach(async () => {
    await scratch[Symbol.asyncDispose]()
  })

  it('keeps its data over a restart and takes new options', async () => {
    await using server = await startInstance({ dir: scratch.path })
    await server.sql(
      'CREATE DATABASE t; CREATE TABLE t.a (a INT PRIMARY KEY); INSERT INTO t.a VALUES (7)',
    )
    const before = server.process
    await server.restart(['max_connections=77'])
    expect(await server.sql('SELECT a, @@max_connections FROM t.a')).toEqual([['7', '77']])
    expect(before && isRunning(before)).toBe(false)
  })

  it('recovers after a kill, with every transaction that was confirmed and no part of another', async () => {
    await using server = await startInstance({ dir: scratch.path })
    await loadTables(server, { bytes: 4e6, tables: 2 })
    const writers = await startWriters(server, 2)
    await vi.waitUntil(() => writers.committed() >= 100, { timeout: 30_000 })
    await server.kill()
    expect(server.document.pid).toBeNull()
    const committed = await writers.stop()
    await server.restart()
    const [sum, broken, last] = await server.sql(
      `SELECT SUM(amount) FROM shop.transfers;
       SELECT COUNT(*) FROM
         (SELECT 1 FROM shop.transfers GROUP BY writer, number HAVING COUNT(*) <> 3) broken;
       SELECT SUM(number) FROM
         (SELECT MAX(number) number FROM shop.transfers GROUP BY writer) last`,
    )
    expect([sum, broken]).toEqual([['0'], ['0']])
    // A writer's last transaction may have been committed without its confirmation arriving.
    expect(Number(last?.[0])).toBeGreaterThanOrEqual(committed)
    expect(Number(last?.[0])).toBeLessThanOrEqual(committed + 2)
  })

  it('is down after stop, and its data directory can be started elsewhere', async () => {
    await using server = await startInstance({ dir: join(scratch.path, 'one') })
    await loadTables(server, { bytes: 2e6 })
    const checksums = await tableChecksums(server)
    const { process } = server
    await server.stop()
    expect(process && isRunning(process)).toBe(false)
    expect(server.document.pid).toBeNull()
    await expect(server.sql('DO 1')).rejects.toThrow()

    const deep = join(scratch.path, 'deep'.repeat(30))
    await using other = await startInstance({ dir: deep, fromDatadir: server.datadir })
    expect(other.socket.length).toBeLessThan(108)
    expect([...checksums.keys()]).toEqual([
      'shop.orders_1',
      'shop.orders_2',
      'shop.orders_3',
      'shop.orders_4',
    ])
    expect(await tableChecksums(other)).toEqual(checksums)
  })

  it('says what mysqld said when it does not start', async () => {
    await expect(
      startInstance({ dir: scratch.path, options: ['no_such_option=1'] }),
    ).rejects.toThrow(/mysqld did not start \(exit code \d+\):[^]*no_such_option/)
  })

  it('is made anew for options that shape a data directory', async () => {
    await using server = await startInstance({
      dir: scratch.path,
      options: ['innodb-page-size=8k', 'lower_case_table_names=1'],
    })
    expect(await server.sql('SELECT @@innodb_page_size, @@lower_case_table_names')).toEqual([
      ['8192', '1'],
    ])
  })
})

describe('treeDigest', () => {
  it('gives every file by size and content, and every directory', async () => {
    await using scratch = await makeScratchDirectory()
    await mkdir(join(scratch.path, 'a', 'empty'), { recursive: true })
    await writeFile(join(scratch.path, 'a', 'file'), 'abc')
    await symlink('file', join(scratch.path, 'a', 'link'))
    expect([...(await treeDigest(scratch.path))]).toEqual([
      ['a', 'directory'],
      ['a/empty', 'directory'],
      ['a/file', '3:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
      ['a/link', 'other'],
    ])
  })
})
