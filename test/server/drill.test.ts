// A restore done to prove that it works: what it looks at, what it finds, what it keeps, and that it
// leaves nothing behind, whatever happens.
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { tableChecksums, treeDigest } from '../bed/compare.ts'
import { describeServer } from '../bed/describe-server.ts'
import type { Instance } from '../bed/instance.ts'
import { drillDocumentOf, drillIn, evidenceOf, expectNothingLeft } from './support/drill.ts'
import { processesNaming } from './support/processes.ts'
import { damageTable } from './support/damaged-table.ts'
import { documentOf, failureOf, type RunningClonectl } from './support/run-clonectl.ts'
import { makeScene, type BackupDocument, type Scene } from './support/scene.ts'
import { asTargetTime, clockOf } from './support/server-state.ts'

let scene: Scene
let donor: Instance
let full: BackupDocument
let tip: BackupDocument
let scratch: string
let checksums: ReadonlyMap<string, string>

const drill = (...args: readonly string[]) => drillIn(scene, ['--scratch-dir', scratch, ...args])

const writeProbes = async (name: string, text: string): Promise<string> => {
  await writeFile(scene.path(name), text)
  return scene.path(name)
}

describeServer('a drill', () => {
  beforeAll(async () => {
    scene = await makeScene()
    scratch = scene.path('scratch')
    await mkdir(scratch)
    donor = await scene.server('donor')
    await scene.useDonor(donor)
    await donor.sql(`
      CREATE DATABASE shop; CREATE DATABASE \`odd\`\`one\`;
      CREATE TABLE shop.orders (id INT PRIMARY KEY, note VARCHAR(200), KEY (note));
      INSERT INTO shop.orders WITH RECURSIVE r (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r
        WHERE n < 900) SELECT n, SHA2(n, 512) FROM r;
      CREATE TABLE shop.parts (id INT PRIMARY KEY) PARTITION BY HASH (id) PARTITIONS 3;
      INSERT INTO shop.parts VALUES (1), (2), (3);
      CREATE TABLE shop.plain (id INT) ENGINE=MyISAM;
      CREATE TABLE \`odd\`\`one\`.\`a b.c\` (id INT PRIMARY KEY)`)
    full = await scene.backup('full')
    await donor.sql("INSERT INTO shop.orders VALUES (1000, 'later')")
    tip = await scene.backup('incr')
    checksums = await tableChecksums(donor)
  })

  afterAll(() => scene[Symbol.asyncDispose]())

  it('restores the newest backup, looks at every table, and leaves the evidence alone', async () => {
    const before = await treeDigest(scene.repo)
    const document = await drill()
    expect(document).toMatchObject({
      schemaVersion: 1,
      outcome: 'ok',
      error: null,
      problems: [],
      backup: tip.id,
      chain: [full.id, tip.id],
      target: { kind: 'backup', reference: 'latest' },
      appliedBy: null,
      gtidExecuted: tip.gtidExecuted,
      bytes: tip.resultBytes,
      checkLevel: 'medium',
      otherTables: 1,
      probes: [],
      kept: null,
    })
    expect(document.steps.map(({ step }) => step)).toEqual(['stage', 'publish', 'start', 'check'])
    const summed = document.tables.filter(({ checksum }) => checksum !== null)
    const named = [...checksums].filter(([name]) => name !== 'shop.plain')
    expect(new Map(summed.map(({ name, checksum }) => [name, checksum]))).toEqual(new Map(named))
    expect(document.tables.every(({ check }) => check === 'ok')).toBe(true)
    expect(document.tables.map(({ name }) => name)).toContain('mysql.user')
    const { recoveryMs, durationMs, steps } = document
    expect(recoveryMs).toBeGreaterThan(0)
    expect(durationMs).toBeGreaterThanOrEqual(recoveryMs ?? Infinity)
    expect(steps.reduce((sum, step) => sum + step.durationMs, 0)).toBeLessThanOrEqual(
      durationMs + steps.length,
    )

    const after = await treeDigest(scene.repo)
    const added = [...after.keys()].filter((path) => after.get(path) !== before.get(path))
    const directory = `${tip.id}/drills`
    expect(added).toEqual([directory, `${directory}/${basename(document.evidence ?? '')}`])
    const { schemaVersion: _, evidence: __, kept: ___, ...facts } = document
    expect(await evidenceOf(tip.directory)).toEqual([{ format: 1, ...facts }])
    await expectNothingLeft(scene, scratch)
    const verified = documentOf(await scene.run('chain', 'verify', '--json'))
    expect(verified).toMatchObject({ outcome: 'ok', problems: [] })
  })

  it('asks the probes of a file, each by its own, and changes nothing', async () => {
    const probes = await writeProbes(
      'probes.sql',
      `-- of yesterday
-- expect: 901
SELECT COUNT(*) FROM shop.orders;
USE shop; SELECT 'a;b' FROM orders LIMIT 1;
-- expect: NULL
SELECT note FROM orders WHERE id = -1;
SELECT * FROM missing;
DELETE FROM shop.orders;
-- expect: 7
SELECT COUNT(*) FROM parts;
-- expect: OFF
SELECT @@event_scheduler`,
    )
    const run = await scene.run(
      ...['drill', full.id.slice(0, -2), '--scratch-dir', scratch, '--tables', 'shop.o*,shop.gone'],
      ...['--check-table', 'quick', '--probes', probes, '--json'],
    )
    const { error, problems, ...document } = drillDocumentOf(run, 21)
    expect(document.backup).toBe(full.id)
    expect(document.tables.map(({ name, check }) => [name, check])).toEqual([['shop.orders', 'ok']])
    expect(
      document.probes.map(({ line, outcome, expected, found }) => [line, outcome, expected, found]),
    ).toEqual([
      [3, 'failed', '901', '900'],
      [4, 'ok', null, null],
      [4, 'ok', null, null],
      [6, 'ok', 'NULL', null],
      [7, 'failed', null, null],
      [8, 'failed', null, null],
      [10, 'failed', '7', '3'],
      [12, 'ok', 'OFF', 'OFF'],
    ])
    expect(problems).toEqual([
      { kind: 'pattern', name: 'shop.gone', message: 'no table matches' },
      { kind: 'probe', name: 'line 3', message: 'found 900, expected 901' },
      { kind: 'probe', name: 'line 7', message: expect.stringContaining('1146') },
      { kind: 'probe', name: 'line 8', message: expect.stringContaining('super-read-only') },
      { kind: 'probe', name: 'line 10', message: 'found 3, expected 7' },
    ])
    expect(error).toMatchObject({
      code: 'INTEGRITY',
      exitCode: 21,
      message: 'not as it should be: 1 pattern without a table, 4 probes',
    })
    expect(await evidenceOf(full.directory)).toMatchObject([{ outcome: 'failed', problems }])
    await expectNothingLeft(scene, scratch)
  })

  it('brings the data to a time with the binlogs of the running donor', async () => {
    await donor.sql("INSERT INTO shop.orders VALUES (1001, 'after the increment')")
    const time = asTargetTime(await clockOf(donor))
    await new Promise((resolve) => setTimeout(resolve, 5))
    await donor.sql('DELETE FROM shop.parts')
    const probes = await writeProbes(
      'time.sql',
      '-- expect: 902\nSELECT COUNT(*) FROM shop.orders; -- expect: 3\nSELECT COUNT(*) FROM shop.parts;',
    )
    const document = await drill(
      ...['--to-time', time, '--binlog-server', '--no-check-table', '--probes', probes],
    )
    expect(document).toMatchObject({
      outcome: 'ok',
      target: { kind: 'time', time },
      backup: tip.id,
      checkLevel: null,
      probes: [{ outcome: 'ok' }, { outcome: 'ok' }],
    })
    expect(document.steps.map(({ step }) => step)).toEqual([
      ...['stage', 'replay', 'stop', 'publish', 'start', 'check', 'probes'],
    ])
    expect(document.tables.map(({ name }) => name)).toEqual(
      [...checksums.keys()].filter((name) => name !== 'shop.plain').sort(),
    )
    await expectNothingLeft(scene, scratch)
  })

  it('tells a tired person, and the listings remember', async () => {
    const { code, stdout, stderr } = await scene.run('drill', '--scratch-dir', scratch)
    expect(code).toBe(0)
    expect(stdout).toMatch(/^drill: +ok$/m)
    expect(stdout).toMatch(
      /^recovery time: [\d.]+ s, from the beginning until the server answered$/m,
    )
    expect(stdout).toMatch(/^steps: +stage [\d.]+ s, publish [\d.]+ s, start [\d.]+ s, check /m)
    expect(stdout).toMatch(
      /^tables: +\d+ checked \(medium\), 3 with a checksum, none damaged, 1 not/m,
    )
    expect(stderr).toMatch(/^drill end: complete/m)
    const listed = (await scene.run('chain', 'list')).stdout
    expect(listed).toMatch(new RegExp(`^${full.id} .* \\S+Z FAILED$`, 'm'))
    expect(listed).toMatch(new RegExp(`^${tip.id} .* \\S+Z [\\d.]+ s$`, 'm'))
    const shown = documentOf(await scene.run('chain', 'show', '--json'))
    expect(shown).toMatchObject({
      chains: [
        {
          members: [
            { lastDrilled: { outcome: 'failed', code: 'INTEGRITY', problems: 5 } },
            { lastDrilled: { outcome: 'ok', code: null, recoveryMs: expect.any(Number) } },
          ],
        },
      ],
    })
  })

  it('leaves a directory that starts again with --keep', async () => {
    const { kept } = await drill('--keep', '--tables', 'shop.parts')
    expect((await readdir(kept ?? '')).sort()).toEqual([
      ...['clonectl-mysqld.cnf', 'clonectl-mysqld.log', 'data'],
    ])
    const options = await readFile(join(kept ?? '', 'clonectl-mysqld.cnf'), 'utf8')
    expect(options).not.toContain('init_file')
    const server = await scene.serverOn(join(kept ?? '', 'data'))
    expect(await server.sql("SELECT COUNT(*) FROM mysql.user WHERE user LIKE 'clonectl%'")).toEqual(
      [['0']],
    )
    expect(await server.sql('SELECT COUNT(*) FROM shop.orders')).toEqual([['901']])
    await server.kill()
    await drill('--tables', 'shop.parts')
    expect(await readdir(scratch)).toEqual([basename(kept ?? '')])
    await rm(kept ?? '', { recursive: true })
  })

  it('finds a table that is damaged although every hash agrees', async () => {
    const repo = scene.path('unordered')
    const backup = await damageTable(scene.repo, repo, full.id, {
      path: 'shop/orders.ibd',
      how: 'unordered',
    })
    const run = await scene.run('drill', '--json', '--repo', repo, '--scratch-dir', scratch)
    const document = drillDocumentOf(run, 21)
    expect(document.problems).toEqual([
      { kind: 'table', name: 'shop.orders', message: expect.stringContaining('note') },
    ])
    const states = new Map(document.tables.map(({ name, check }) => [name, check]))
    expect(states.get('shop.orders')).toBe('failed')
    expect([...states.values()].filter((state) => state !== 'ok')).toHaveLength(1)
    expect(await evidenceOf(backup)).toMatchObject([
      { outcome: 'failed', error: { code: 'INTEGRITY', message: 'not as it should be: 1 table' } },
    ])
    await expectNothingLeft(scene, scratch)
  })

  it('names the table over which the server died', async () => {
    const repo = scene.path('torn')
    const path = 'shop/orders.ibd'
    const backup = await damageTable(scene.repo, repo, full.id, { path, how: 'torn' })
    const run = await scene.run('drill', '--json', '--repo', repo, '--scratch-dir', scratch)
    const { error } = drillDocumentOf(run, 40)
    expect(error?.message).toMatch(/^mysqld died \(.*\) while it was asked for .*shop\.orders/)
    expect(error?.details['logErrors']).not.toEqual([])
    expect(await evidenceOf(backup)).toMatchObject([
      { outcome: 'failed', error: { code: 'PROCESS' } },
    ])
    const [left = ''] = await readdir(scratch)
    expect(await readdir(join(scratch, left))).toEqual(['clonectl-mysqld.log'])
    expect(error?.hint).toBe(`See its log: ${join(scratch, left, 'clonectl-mysqld.log')}`)
    await rm(join(scratch, left), { recursive: true })
    await expectNothingLeft(scene, scratch)
  })

  describe('in the midst of a probe', () => {
    /** Returns once the server that a drill started is asked to sleep. */
    const startSleeping = async (): Promise<RunningClonectl> => {
      const probes = await writeProbes('sleep.sql', 'SELECT SLEEP(100);')
      const running = scene.start('drill', '--scratch-dir', scratch, '--probes', probes, '--json')
      let story = ''
      running.child.stderr?.on('data', (text: string) => (story += text))
      await vi.waitUntil(() => story.includes('probes (statements 1)'), { timeout: 60_000 })
      expect(processesNaming(`${scratch}/`)).toHaveLength(1)
      return running
    }

    it.each(['SIGTERM', 'SIGINT'] as const)('is ended by %s and leaves nothing', async (signal) => {
      const before = await treeDigest(scene.repo)
      const { child, ended } = await startSleeping()
      child.kill(signal)
      const failure = failureOf(await ended)
      expect(failure).toMatchObject({ code: 'CANCELLED', message: `cancelled by ${signal}` })
      await expectNothingLeft(scene, scratch)
      expect(await treeDigest(scene.repo)).toEqual(before)
    })

    it('is killed, and the next drill clears up, its server too', async () => {
      const { child, ended } = await startSleeping()
      const [left = ''] = await readdir(scratch)
      child.kill('SIGKILL')
      await ended
      expect(processesNaming(`${scratch}/`)).toHaveLength(1)
      const run = await scene.run('drill', '--scratch-dir', scratch, '--tables', 'shop.parts')
      expect(run.code).toBe(0)
      expect(run.stderr).toContain(
        `removing what a dead drill left in ${join(scratch, left)}: its last step was "mysqld"`,
      )
      await expectNothingLeft(scene, scratch)
    })

    it('is let be by another drill', async () => {
      const { child, ended } = await startSleeping()
      const [other = ''] = await readdir(scratch)
      await drill('--tables', 'shop.parts')
      expect(await readdir(scratch)).toEqual([other])
      expect(processesNaming(`${scratch}/`)).toHaveLength(1)
      child.kill('SIGTERM')
      await ended
      await expectNothingLeft(scene, scratch)
    })
  })

  it('keeps as evidence that a backup has lost a file', async () => {
    const repo = scene.path('lost')
    const how = { path: 'shop/orders.ibd', how: 'unordered' } as const
    const backup = await damageTable(scene.repo, repo, full.id, how)
    await rm(join(backup, 'data/shop/orders.ibd'))
    const run = await scene.run('drill', '--repo', repo, '--scratch-dir', scratch)
    expect(run.code).toBe(21)
    expect(run.stdout).toMatch(/^error: INTEGRITY .*shop\/orders\.ibd/)
    expect(run.stdout).toMatch(/^drill: +FAILED$/m)
    expect(run.stdout).toMatch(/^recovery time: unknown: no server answered$/m)
    expect(await evidenceOf(backup)).toMatchObject([
      { outcome: 'failed', backup: full.id, chain: [], recoveryMs: null, files: null },
    ])
    await expectNothingLeft(scene, scratch)
  })
})
