import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { main } from '../../../src/cli/main.ts'
import { drillResult } from '../../../src/cli/output/drill-result.ts'
import { ClonectlError } from '../../../src/errors.ts'
import type { DrillRecord } from '../../../src/repository/drill-file.ts'
import { useScratchDir } from '../system/scratch-dir.ts'
import { makeFakeIo } from './fake-io.ts'
import { FULL, fullManifest, makeRepository } from './repository-fixture.ts'

const scratch = useScratchDir()

const record: DrillRecord = {
  outcome: 'ok',
  error: null,
  problems: [],
  backup: FULL,
  chain: [FULL],
  target: { kind: 'backup', reference: 'latest' },
  appliedBy: null,
  begunAt: '2026-11-21T03:15:00.042Z',
  endedAt: '2026-11-21T03:16:00.000Z',
  recoveryMs: 34_000,
  durationMs: 61_000,
  steps: [
    { step: 'stage', durationMs: 30_000 },
    { step: 'start', durationMs: 4000 },
    { step: 'check', durationMs: 27_000 },
  ],
  host: 'db1',
  command: 'clonectl drill',
  clonectlVersion: '0.1.0',
  mysqldVersion: '9.7.4',
  gtidExecuted: '3e11fa47-71ca-11e1-9e33-c80aa9429562:1-9',
  files: 12,
  bytes: 150_994_944,
  checkLevel: 'medium',
  tables: [
    { name: 'mysql.user', check: 'ok', checksum: null, messages: [], durationMs: 2 },
    { name: 'shop.orders', check: 'failed', checksum: null, messages: [], durationMs: 9 },
    { name: 'shop.parts', check: 'ok', checksum: '42', messages: [], durationMs: 1 },
  ],
  otherTables: 0,
  probes: [],
}

describe('the result of a drill', () => {
  it('says how long a recovery takes', () => {
    const sound = { ...record, tables: record.tables.filter(({ check }) => check === 'ok') }
    const evidence = '/backup/drills/UTC20261121T031500.042.json'
    const outcome = { record: sound, backup: FULL, failure: undefined, evidence, kept: undefined }
    const { text, exitCode } = drillResult(outcome)
    expect(exitCode).toBe(0)
    expect(text).toMatchInlineSnapshot(`
      "drill:         ok
      restored:      backup UTC20261120T093012.345-full (latest)
      chain:         UTC20261120T093012.345-full
      recovery time: 34 s, from the beginning until the server answered
      steps:         stage 30 s, start 4.0 s, check 27 s
      data:          12 files, 144 MiB
      server:        mysqld 9.7.4
      GTIDs:         3e11fa47-71ca-11e1-9e33-c80aa9429562:1-9
      tables:        2 checked (medium), 1 with a checksum, none damaged
      evidence:      /backup/drills/UTC20261121T031500.042.json
      took:          1 min 01 s
      "
    `)
  })

  it('begins with what is wrong', () => {
    const failure = new ClonectlError('INTEGRITY', 'not as it should be: 1 table, 1 probe', {
      hint: 'look at the donor',
      details: { logErrors: ['[MY-012] [InnoDB] out of order'] },
    })
    const { code, message, hint, details } = failure
    const failed: DrillRecord = {
      ...record,
      outcome: 'failed',
      error: { code, message, hint: hint ?? null, details },
      problems: [
        { kind: 'table', name: 'shop.orders', message: 'error: Corrupt' },
        { kind: 'probe', name: 'line 3', message: 'found 1, expected 2' },
      ],
      probes: [
        {
          ...{ sql: 'SELECT COUNT(*)\n  FROM shop.parts', line: 3, outcome: 'failed' },
          ...{ expected: '2', found: '1', message: 'found 1, expected 2', durationMs: 1 },
        },
      ],
    }
    const outcome = {
      record: failed,
      backup: FULL,
      failure,
      evidence: undefined,
      kept: '/scratch/d',
    }
    const { text, exitCode, document } = drillResult(outcome)
    expect(exitCode).toBe(21)
    expect(document).toMatchObject({ outcome: 'failed', error: { code, exitCode: 21 } })
    expect(text).toMatchInlineSnapshot(`
      "failed  table shop.orders: error: Corrupt
      failed  probe line 3: found 1, expected 2
          SELECT COUNT(*) FROM shop.parts
      error: INTEGRITY not as it should be: 1 table, 1 probe
        log: [MY-012] [InnoDB] out of order
        hint: look at the donor

      drill:         FAILED
      restored:      backup UTC20261120T093012.345-full (latest)
      chain:         UTC20261120T093012.345-full
      recovery time: 34 s, from the beginning until the server answered
      steps:         stage 30 s, start 4.0 s, check 27 s
      data:          12 files, 144 MiB
      server:        mysqld 9.7.4
      GTIDs:         3e11fa47-71ca-11e1-9e33-c80aa9429562:1-9
      tables:        3 checked (medium), 1 with a checksum, 1 damaged
      probes:        0 of 1 as expected
      evidence:      none: it could not be written
      kept:          /scratch/d
      start it:      mysqld --defaults-file=/scratch/d/clonectl-mysqld.cnf
      took:          1 min 01 s
      "
    `)
  })
})

describe('drill', () => {
  const run = async (...argv: readonly string[]) => {
    const fake = makeFakeIo()
    const exitCode = await main(['drill', ...argv], fake.io)
    return { exitCode, stdout: fake.stdout(), stderr: fake.stderr() }
  }

  it.each([
    [['latest', '--to-time', '2026-11-20T09:30:12Z'], /an ID and --to-time exclude each other/],
    [['latest', '--latest'], /an ID and --latest exclude each other/],
    [['--before-gtid', 'x'], /--before-gtid "x" is no GTID/],
    [['--to-position', 'binlog.000002'], /--to-position "binlog.000002" is no position/],
    [['--skip-gtid', 'x'], /binlogs are replayed only up to a target/],
    [['--binlog-server'], /only up to a target/],
    [['--tables', 'orders'], /--tables: "orders" names no table/],
    [['--check-table', 'deep'], /quick, medium, extended/],
  ])('refuses %j as a mistake on the command line', async (argv, message) => {
    const { exitCode, stdout, stderr } = await run(...argv, '--repo', scratch('repo'))
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
    expect(stderr).toMatch(message)
  })

  it('refuses probes that it cannot read before anything is begun', async () => {
    writeFileSync(scratch('bad.sql'), "SELECT 'x")
    for (const [file, message] of [
      ['bad.sql', /bad\.sql, line 1: a string or comment has no end/],
      ['missing.sql', /missing\.sql cannot be read: ENOENT/],
    ] as const) {
      const { exitCode, stderr } = await run('--repo', scratch('r'), '--probes', scratch(file))
      expect(exitCode).toBe(10)
      expect(stderr).toMatch(message)
    }
  })

  it('is remembered by the listings', async () => {
    await using fixture = await makeRepository(fullManifest)
    const list = async (...argv: readonly string[]) => {
      const fake = makeFakeIo()
      await main(['chain', ...argv, '--repo', fixture.layout.root], fake.io)
      return fake.stdout()
    }
    expect(await list('list')).toMatch(/ok +never +never +before the release$/m)
    const { drills } = fixture.layout.backup(FULL)
    mkdirSync(drills)
    const keep = (name: string, changes: Partial<DrillRecord> = {}): void => {
      const text = JSON.stringify({ format: 1, ...record, ...changes })
      writeFileSync(join(drills, `UTC${name}.json`), text)
    }
    keep('20261121T031500.042')
    expect(await list('show')).toMatch(/never +2026-11-21T03:15:00Z 34 s$/m)
    keep('20261122T031500.042', { outcome: 'failed' })
    expect(await list('list')).toMatch(/never +2026-11-21T03:15:00Z FAILED +before the release$/m)
    expect(JSON.parse(await list('list', '--json'))).toMatchObject({
      backups: [
        {
          lastDrilled: {
            at: '2026-11-21T03:15:00.042Z',
            outcome: 'failed',
            code: null,
            target: { kind: 'backup', reference: 'latest' },
            recoveryMs: 34_000,
            durationMs: 61_000,
            tables: 3,
            problems: 0,
            clonectlVersion: '0.1.0',
            mysqldVersion: '9.7.4',
          },
        },
      ],
    })
  })
})
