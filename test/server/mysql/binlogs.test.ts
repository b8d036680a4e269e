// Binlogs of a real server: read here and by mysqlbinlog, copied, and replayed.
import { execFile } from 'node:child_process'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { binlogFilesIn, findSequenceGap } from '../../../src/mysql/binlog-directory.ts'
import { eventType } from '../../../src/mysql/binlog-event.ts'
import { scanBinlog, type BinlogEvent } from '../../../src/mysql/binlog-file.ts'
import { clientOptionFile } from '../../../src/mysql/client-option-file.ts'
import type { ConnectionOptions } from '../../../src/mysql/connection-options.ts'
import { gtidSetContains, gtidSetEquals } from '../../../src/mysql/gtid-set.ts'
import { binlogReplayTools, pullBinlogs } from '../../../src/mysql/mysqlbinlog.ts'
import { openSession, type Session } from '../../../src/mysql/session.ts'
import { quoteText } from '../../../src/mysql/sql-text.ts'
import { pipeTools } from '../../../src/system/pipe-tools.ts'
import { writeSecretFile } from '../../../src/system/secret-file.ts'
import { describeServer } from '../../bed/describe-server.ts'
import { startInstance, type Instance } from '../../bed/instance.ts'
import { makeScratchDirectory, type ScratchDirectory } from '../../bed/scratch-directory.ts'

const run = promisify(execFile)

let scratch: ScratchDirectory
let server: Instance
let root: Session

const scan = async (path: string): Promise<readonly BinlogEvent[]> => {
  const events = []
  for await (const event of scanBinlog(path, { open: true })) events.push(event)
  return events
}

const matches = (text: string, pattern: RegExp): readonly string[] =>
  [...text.matchAll(pattern)].map(([, found = '']) => found)

/** What mysqlbinlog says of a file. */
const mysqlbinlogOf = async (path: string) => {
  const args = ['--no-defaults', '--base64-output=decode-rows', path]
  const { stdout } = await run(server.basedir.mysqlbinlog, args, {
    env: { TZ: 'UTC' },
    maxBuffer: 2 ** 28,
    encoding: 'latin1',
  })
  return {
    positions: [...new Set(matches(stdout, /^# at (\d+)$/gmu))],
    commitTimes: matches(stdout, /^# immediate_commit_timestamp=(\d+)/gmu),
    gtids: matches(stdout, /^SET @@SESSION\.GTID_NEXT= '([0-9a-f-]{36}:[^']+)'/gmu),
  }
}

const versionOf = async (): Promise<number> => parseInt((await root.value('SELECT VERSION()'))!, 10)

/** Everything that makes a different kind of event. */
const load = async (): Promise<void> => {
  await server.sql(`
    CREATE DATABASE d; CREATE TABLE d.t (id INT PRIMARY KEY AUTO_INCREMENT, x LONGTEXT);
    INSERT INTO d.t (x) VALUES (REPEAT('a', 5000000)), (REPEAT('b', 5000000));
    UPDATE d.t SET x = CONCAT(x, 'c');
    FLUSH BINARY LOGS;
    SET SESSION binlog_transaction_compression = ON;
    INSERT INTO d.t (x) SELECT REPEAT('z', 200000) FROM d.t;
    SET SESSION binlog_transaction_compression = OFF;
    BEGIN; INSERT INTO d.t (x) VALUES ('in'); INSERT INTO d.t (x) VALUES ('two'); COMMIT;
    CREATE TABLE d.u LIKE d.t; DROP TABLE d.u;
    XA START 'a'; INSERT INTO d.t (x) VALUES ('xa'); XA END 'a'; XA PREPARE 'a'; XA COMMIT 'a';
    SET SESSION original_commit_timestamp = 1700000000123456;
    INSERT INTO d.t (x) VALUES ('old');
    SET SESSION binlog_rows_query_log_events = ON;
    INSERT INTO d.t (x) VALUES ('é😀');
    FLUSH BINARY LOGS`)
  if ((await versionOf()) >= 9)
    await server.sql("SET gtid_next = 'AUTOMATIC:a_tag'; INSERT INTO d.t (x) VALUES ('tagged')")
  await server.sql("INSERT INTO d.t (x) VALUES ('last')")
}

describeServer('the binlogs of a real server', () => {
  beforeAll(async () => {
    scratch = await makeScratchDirectory()
    server = await startInstance({ dir: join(scratch.path, 'server') })
    root = await openSession({ user: 'root', socket: server.socket })
    await load()
  })
  afterAll(async () => {
    await root.close()
    await server.stop()
    await scratch[Symbol.asyncDispose]()
  })

  it('lie in their directory in an unbroken row', async () => {
    const files = await binlogFilesIn(server.datadir)
    const shown = await root.query('SHOW BINARY LOGS')
    expect(files.map(({ name, sizeBytes }) => [name, String(sizeBytes)])).toEqual(
      shown.map((row) => [row['Log_name'], row['File_size']]),
    )
    expect(findSequenceGap(files)).toBeUndefined()
  })

  it('read as mysqlbinlog reads them: positions, commit times, GTIDs', async () => {
    const all: string[] = []
    for (const { path } of await binlogFilesIn(server.datadir)) {
      const events = await scan(path)
      const heads = events.filter(({ commitTimeMicros }) => commitTimeMicros !== undefined)
      const expected = await mysqlbinlogOf(path)
      expect(events.map(({ position }) => String(position))).toEqual(expected.positions)
      expect(heads.map(({ commitTimeMicros }) => String(commitTimeMicros))).toEqual(
        expected.commitTimes,
      )
      expect(heads.map(({ gtid }) => gtid)).toEqual(expected.gtids)
      expect(events[0]?.type).toBe(eventType.formatDescription)
      all.push(...expected.gtids)
    }
    expect(all.length).toBeGreaterThan(10)
    expect(gtidSetContains((await root.value('SELECT @@gtid_executed'))!, all.join(','))).toBe(true)
  })

  it('hold the kinds of events this test is about', async () => {
    const files = await binlogFilesIn(server.datadir)
    const types = new Set(
      (await Promise.all(files.map(({ path }) => scan(path)))).flat().map(({ type }) => type),
    )
    expect(types).toContain(eventType.transactionPayload)
    expect(types).toContain(eventType.rotate)
    if ((await versionOf()) >= 9) expect(types).toContain(eventType.gtidTagged)
  })

  it('are copied byte for byte, through accounts with any password', async () => {
    const target = join(scratch.path, 'archive')
    await mkdir(target)
    const tcp = { host: '127.0.0.1', port: server.port } as const
    const ways: readonly (readonly [string, Partial<ConnectionOptions>])[] = [
      ['with a space ', { socket: server.socket }],
      [' #hash and "quotes"', tcp],
      ["back\\slash\\n and it's", { ...tcp, sslMode: 'DISABLED' }],
      ['é😀%$`;=[x]', { ...tcp, sslMode: 'VERIFY_CA', sslCa: join(server.datadir, 'ca.pem') }],
      ['', { socket: server.socket }],
    ]
    const [first] = await binlogFilesIn(server.datadir)
    for (const [password, way] of ways) {
      await root.query('DROP USER IF EXISTS puller')
      await root.query(`CREATE USER puller IDENTIFIED BY ${quoteText(password)}`)
      await root.query('GRANT REPLICATION SLAVE ON *.* TO puller')
      const connection = { ...way, user: 'puller', password }
      await pullBinlogs({
        mysqlbinlog: server.basedir.mysqlbinlog,
        server: connection,
        firstFile: first!.name,
        targetDir: target,
      })
    }
    const closed = (await binlogFilesIn(server.datadir)).slice(0, -1)
    const copied = await binlogFilesIn(target)
    expect(copied).toHaveLength(closed.length + 1)
    for (const [index, { path }] of closed.entries())
      expect((await readFile(path)).equals(await readFile(copied[index]!.path))).toBe(true)
  })

  it('are refused with a reason and without the password', async () => {
    const password = 's3cret-Pass'
    const pull = {
      mysqlbinlog: server.basedir.mysqlbinlog,
      firstFile: 'binlog.000001',
      targetDir: scratch.path,
    }
    const denied = pullBinlogs({
      ...pull,
      server: { user: 'root', password, socket: server.socket },
    })
    const failure: unknown = await denied.catch((error: unknown) => error)
    expect(failure).toMatchObject({
      code: 'PROCESS',
      message: expect.stringContaining('Access denied'),
    })
    expect(JSON.stringify(failure) + String((failure as Error).stack)).not.toContain(password)
    const gone = {
      ...pull,
      firstFile: 'binlog.999999',
      server: { user: 'root', socket: server.socket },
    }
    await expect(pullBinlogs(gone)).rejects.toMatchObject({
      message: expect.stringContaining('Could not find first log file'),
    })
  })
})

describeServer('a replay', () => {
  it('brings an instance from a position in the first file to one in the last', async () => {
    await using directory = await makeScratchDirectory()
    await using donor = await startInstance({ dir: join(directory.path, 'donor') })
    await using source = await openSession({ user: 'root', socket: donor.socket })
    const clone = join(directory.path, 'clone')
    await source.query(`CLONE LOCAL DATA DIRECTORY = '${clone}'`)
    const start = (await scan((await binlogFilesIn(donor.datadir)).at(-1)!.path)).at(
      -1,
    )!.nextPosition
    await donor.sql(`
      CREATE DATABASE r; CREATE TABLE r.t (id INT PRIMARY KEY AUTO_INCREMENT, x LONGBLOB);
      INSERT INTO r.t (x) VALUES (RANDOM_BYTES(1000)), (X'000A0D1A275C00'), ('it''s \\\\ \\n');
      SET GLOBAL max_allowed_packet = 67108864`)
    await donor.sql(
      "INSERT INTO r.t (x) VALUES (REPEAT('x', 30000000)); FLUSH BINARY LOGS; INSERT INTO r.t (x) VALUES ('kept')",
    )
    const good = await source.query('CHECKSUM TABLE r.t')
    const executed = (await source.value('SELECT @@gtid_executed'))!
    const files = (await binlogFilesIn(donor.datadir)).slice(-2)
    const stop = (await scan(files[1]!.path)).at(-1)!.nextPosition
    await donor.sql('DROP TABLE r.t')

    const options = ['max_allowed_packet=1G']
    await using target = await startInstance({
      dir: join(directory.path, 'target'),
      fromDatadir: clone,
      options,
    })
    const login = { user: 'root', socket: target.socket }
    const optionFile = await writeSecretFile(directory.path, 'replay.cnf', clientOptionFile(login))
    const { writer, reader } = binlogReplayTools({
      mysqlbinlog: donor.basedir.mysqlbinlog,
      mysql: donor.basedir.mysql,
      files: files.map(({ path }) => path),
      startPosition: start,
      stopPosition: stop,
      loadDirectory: directory.path,
      optionFile,
    })
    await pipeTools(writer, reader)
    await using restored = await openSession(login)
    expect(await restored.query('CHECKSUM TABLE r.t')).toEqual(good)
    expect(gtidSetEquals((await restored.value('SELECT @@gtid_executed'))!, executed)).toBe(true)
  })

  it('fails with what the instance said when it refuses a change', async () => {
    await using directory = await makeScratchDirectory()
    await using donor = await startInstance({ dir: join(directory.path, 'donor') })
    await using target = await startInstance({ dir: join(directory.path, 'target') })
    for (const instance of [donor, target]) await instance.sql('CREATE DATABASE r')
    const login = { user: 'root', socket: target.socket }
    const { writer, reader } = binlogReplayTools({
      mysqlbinlog: donor.basedir.mysqlbinlog,
      mysql: donor.basedir.mysql,
      files: (await binlogFilesIn(donor.datadir)).map(({ path }) => path),
      loadDirectory: directory.path,
      optionFile: await writeSecretFile(directory.path, 'replay.cnf', clientOptionFile(login)),
    })
    await expect(pipeTools(writer, reader)).rejects.toMatchObject({
      code: 'PROCESS',
      message: expect.stringMatching(
        /^mysql ended with exit code 1: ERROR 1007 .*database exists/u,
      ),
    })
  })
})
