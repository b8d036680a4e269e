import { describe, expect, it } from 'vitest'
import { backupResult } from '../../../../src/cli/output/backup-result.ts'
import { doctorResult } from '../../../../src/cli/output/doctor-result.ts'
import { formatDocument } from '../../../../src/cli/output/json.ts'
import { pageTrackResult } from '../../../../src/cli/output/page-track-result.ts'
import { planResult, restoreResult } from '../../../../src/cli/output/restore-result.ts'
import type { RestorePlan } from '../../../../src/restore/request.ts'
import { FIRST, FULL, fullManifest, increment } from '../../../process/cli/repository-fixture.ts'

const documentOf = (result: { readonly document: object }) =>
  JSON.parse(formatDocument(result.document))

describe('the result of a backup', () => {
  const directory = `/backup/${FIRST}`

  it('is a few lines', () => {
    const manifest = increment(FIRST, FULL, '2000', '3000')
    expect(backupResult({ manifest, directory, cleaned: [] }, 12_345).text).toMatchInlineSnapshot(`
      "backup:     UTC20261120T103012.345-incr
      type:       increment
      base:       UTC20261120T093012.345-full
      LSN:        2000 to 3000
      consistent: 2026-11-20T10:30:48.000Z
      stored:     512 KiB of 10.0 MiB (5.0 %)
      directory:  /backup/UTC20261120T103012.345-incr
      took:       12 s
      "
    `)
  })

  it('says why a full was taken instead, and what was cleaned', () => {
    const manifest = {
      ...fullManifest,
      decision: { asked: 'increment', code: 'NO_BASE', reason: 'there is no usable backup' },
    } as const
    const { text } = backupResult({ manifest, directory, cleaned: ['a dead run'] }, 1)
    expect(text).toContain('why:        there is no usable backup\n')
    expect(text).toContain('cleaned:    a dead run\n')
    expect(text).not.toContain('base:')
  })

  it('is one document', () => {
    const manifest = increment(FIRST, FULL, '2000', '9007199254740993')
    expect(documentOf(backupResult({ manifest, directory, cleaned: [] }, 12_345.6)))
      .toMatchInlineSnapshot(`
      {
        "base": "UTC20261120T093012.345-full",
        "beginTime": "2026-11-20T10:30:12.345Z",
        "binlogFile": "binlog.000002",
        "binlogPosition": "4711",
        "binlogs": null,
        "cleaned": [],
        "compression": "none",
        "decision": {
          "asked": "increment",
          "code": "ASKED",
          "reason": "it was asked for",
        },
        "directory": "/backup/UTC20261120T103012.345-incr",
        "durationMs": 12346,
        "encryption": null,
        "endLsn": "9007199254740993",
        "endTime": "2026-11-20T10:30:48.000Z",
        "engine": "mysql",
        "gtidExecuted": "3e11fa47-71ca-11e1-9e33-c80aa9429562:1-100",
        "id": "UTC20261120T103012.345-incr",
        "label": null,
        "pageTrackLsn": "9007199254740993",
        "resultBytes": 10485760,
        "schemaVersion": 1,
        "serverUuid": "3e11fa47-71ca-11e1-9e33-c80aa9429562",
        "serverVersion": "9.7.4",
        "startLsn": "2000",
        "storedBytes": 524288,
        "type": "increment",
      }
    `)
  })
})

describe('the result of a plan', () => {
  const plan: RestorePlan = {
    target: { kind: 'time', time: new Date('2026-11-20T11:00:00.000Z') },
    targetDir: '/data/new',
    chain: [FULL, FIRST],
    steps: [{ step: 'stage', what: 'copy 12 files', bytes: 10_485_760 }],
    appliedBy: undefined,
    binlogs: [{ file: 'binlog.000002', from: 4711, to: 9000 }],
    diskNeeded: 10_485_760,
    diskFree: 1_073_741_824,
    recoveryWindow: {
      from: new Date('2026-11-20T09:30:48.000Z'),
      to: new Date('2026-11-20T12:00:00.000Z'),
    },
    refusals: [],
    warnings: [],
  }

  it('is a page of text', () => {
    const { text, exitCode } = planResult(plan)
    expect(exitCode).toBe(0)
    expect(text).toMatchInlineSnapshot(`
      "target:          the state at 2026-11-20T11:00:00.000Z
      into:            /data/new
      chain:           UTC20261120T093012.345-full ==> UTC20261120T103012.345-incr
      recovery window: 2026-11-20T09:30:48.000Z to 2026-11-20T12:00:00.000Z
      disk:            10.0 MiB needed, 1.00 GiB free

      STEP   WHAT              BYTES
      stage  copy 12 files  10.0 MiB

      BINLOG         FROM    TO
      binlog.000002  4711  9000
      "
    `)
  })

  it('is one document', () => {
    expect(documentOf(planResult(plan))).toMatchInlineSnapshot(`
      {
        "appliedBy": null,
        "binlogs": [
          {
            "file": "binlog.000002",
            "from": 4711,
            "to": 9000,
          },
        ],
        "chain": [
          "UTC20261120T093012.345-full",
          "UTC20261120T103012.345-incr",
        ],
        "diskFree": 1073741824,
        "diskNeeded": 10485760,
        "recoveryWindow": {
          "from": "2026-11-20T09:30:48.000Z",
          "to": "2026-11-20T12:00:00.000Z",
        },
        "refusals": [],
        "schemaVersion": 1,
        "steps": [
          {
            "bytes": 10485760,
            "step": "stage",
            "what": "copy 12 files",
          },
        ],
        "target": {
          "kind": "time",
          "time": "2026-11-20T11:00:00.000Z",
        },
        "targetDir": "/data/new",
        "warnings": [],
      }
    `)
  })

  it('names what would refuse it, and ends with the first one’s exit code', () => {
    const refusals = [
      { code: 'SPACE', message: '10 needed, 1 free', hint: 'make room' },
      { code: 'PATH_NOT_EMPTY', message: '/data/new is not empty', hint: undefined },
    ] as const
    const result = planResult({
      ...plan,
      refusals,
      chain: [],
      steps: [],
      binlogs: [],
      recoveryWindow: undefined,
    })
    expect(result.exitCode).toBe(32)
    expect(result.text).toContain(
      '\nthis restore would be refused:\n  SPACE 10 needed, 1 free\n    hint: make room\n  PATH_NOT_EMPTY /data/new is not empty\n',
    )
    expect(documentOf(result)).toMatchObject({
      recoveryWindow: null,
      refusals: [{ code: 'SPACE', message: '10 needed, 1 free', hint: 'make room' }, {}],
    })
  })

  it('becomes the result of the restore', () => {
    const outcome = {
      plan: { ...plan, target: { kind: 'backup', reference: 'latest' } } as const,
      targetDir: '/data/new',
      files: 12,
      bytes: 10_485_760,
      replayed: undefined,
      instance: {
        pid: 4711,
        socket: '/data/new.sock',
        configFile: '/data/new.cnf',
        logFile: '/data/new.log',
      },
    }
    const result = restoreResult(outcome, 5000)
    expect(result.text).toMatchInlineSnapshot(`
      "restored:   backup UTC20261120T103012.345-incr (latest)
      chain:      UTC20261120T093012.345-full ==> UTC20261120T103012.345-incr
      directory:  /data/new
      data:       12 files, 10.0 MiB
      running:    pid 4711, log /data/new.log, options /data/new.cnf
      connect:    mysql --socket=/data/new.sock
      took:       5.0 s
      "
    `)
    expect(documentOf(result)).toMatchInlineSnapshot(`
      {
        "appliedBy": null,
        "binlogs": [
          {
            "file": "binlog.000002",
            "from": 4711,
            "to": 9000,
          },
        ],
        "bytes": 10485760,
        "chain": [
          "UTC20261120T093012.345-full",
          "UTC20261120T103012.345-incr",
        ],
        "durationMs": 5000,
        "files": 12,
        "gtidExecuted": null,
        "instance": {
          "configFile": "/data/new.cnf",
          "logFile": "/data/new.log",
          "pid": 4711,
          "socket": "/data/new.sock",
        },
        "lastTransactionAt": null,
        "schemaVersion": 1,
        "skippedGtids": null,
        "target": {
          "kind": "backup",
          "reference": "latest",
        },
        "targetDir": "/data/new",
        "transactionsReplayed": null,
      }
    `)
  })

  it('tells what was replayed on the way to a target', () => {
    const outcome = {
      plan,
      targetDir: '/data/new',
      files: 12,
      bytes: 10_485_760,
      replayed: {
        gtidExecuted: '3e11fa47-71ca-11e1-9e33-c80aa9429562:1-105',
        transactions: 5,
        skippedGtids: undefined,
        lastTime: new Date('2026-11-20T10:59:59.999Z'),
      },
      instance: undefined,
    }
    const told = (changes: object = {}) =>
      restoreResult({ ...outcome, replayed: { ...outcome.replayed, ...changes } }, 5000)
    expect(told().text).toContain(
      'replayed:   5 transactions, the last of 2026-11-20T10:59:59.999Z\nGTIDs:      3e11fa47-71ca-11e1-9e33-c80aa9429562:1-105\n',
    )
    expect(documentOf(told())).toMatchObject({
      target: { kind: 'time', time: '2026-11-20T11:00:00.000Z' },
      gtidExecuted: '3e11fa47-71ca-11e1-9e33-c80aa9429562:1-105',
      transactionsReplayed: 5,
      lastTransactionAt: '2026-11-20T10:59:59.999Z',
    })
    const none = told({ transactions: 0, lastTime: undefined, gtidExecuted: '' })
    expect(none.text).toContain('replayed:   0 transactions\ntook:')
    expect(documentOf(none)).toMatchObject({ transactionsReplayed: 0, lastTransactionAt: null })
    expect(told({ skippedGtids: 'a:7' }).text).toContain('left out:   a:7\nGTIDs:')
    expect(told({ transactions: 1 }).text).toContain('replayed:   1 transaction, the last')
  })
})

describe('the result of the checks', () => {
  const ok = { name: 'clone-plugin', state: 'ok', message: 'it is active' } as const
  const fail = {
    name: 'mysqlbackup-component',
    state: 'fail',
    message: 'it is missing',
    hint: 'install it',
    fix: ["INSTALL COMPONENT 'file://component_mysqlbackup'"],
  } as const

  it('is 0 when none failed, warnings or not', () => {
    expect(doctorResult([ok, { ...fail, state: 'warn' }], []).exitCode).toBe(0)
  })

  it('is 31 when one failed, with what to do', () => {
    const { text, exitCode } = doctorResult([ok, fail], [])
    expect(exitCode).toBe(31)
    expect(text).toMatchInlineSnapshot(`
      "ok    clone-plugin: it is active
      FAIL  mysqlbackup-component: it is missing
              hint: install it
              INSTALL COMPONENT 'file://component_mysqlbackup'
      2 checks: 1 failed, 0 with a warning
      "
    `)
  })

  it('is one document', () => {
    const fixes = [
      { check: 'a', statement: 'SET x', error: undefined },
      { check: 'b', statement: 'SET y', error: 'refused' },
    ]
    const result = doctorResult([ok, fail], fixes)
    expect(documentOf(result)).toMatchInlineSnapshot(`
      {
        "checks": [
          {
            "fix": [],
            "message": "it is active",
            "name": "clone-plugin",
            "state": "ok",
          },
          {
            "fix": [
              "INSTALL COMPONENT 'file://component_mysqlbackup'",
            ],
            "hint": "install it",
            "message": "it is missing",
            "name": "mysqlbackup-component",
            "state": "fail",
          },
        ],
        "fixes": [
          {
            "check": "a",
            "error": null,
            "statement": "SET x",
          },
          {
            "check": "b",
            "error": "refused",
            "statement": "SET y",
          },
        ],
        "schemaVersion": 1,
      }
    `)
    expect(result.text).toMatch(/^fixed: SET x\nnot fixed: SET y\n {2}refused\n/)
  })
})

describe('the result of page tracking', () => {
  const status = {
    active: true,
    since: 1000n,
    currentLsn: 9007199254740993n,
    newestBase: { id: FIRST, pageTrackLsn: 3000n },
    neededFrom: 3000n,
    nextMustBeFull: false,
    reason: `${FIRST} is usable`,
    archiveBytes: 81_920,
  }

  it('is where tracking stands', () => {
    expect(pageTrackResult(status).text).toMatchInlineSnapshot(`
      "tracking:    on since LSN 1000
      server at:   LSN 9007199254740993
      newest base: UTC20261120T103012.345-incr, LSN 3000
      needed from: LSN 3000
      next backup: increment, UTC20261120T103012.345-incr is usable
      data:        80.0 KiB
      "
    `)
    expect(documentOf(pageTrackResult(status))).toMatchObject({
      currentLsn: '9007199254740993',
      newestBase: { id: FIRST, pageTrackLsn: '3000' },
    })
  })

  it('says what was done first', () => {
    const off = { active: false, since: 0n, currentLsn: 5000n }
    const first = (outcome: Parameters<typeof pageTrackResult>[0]) =>
      pageTrackResult(outcome).text.split('\n').slice(0, -3)
    expect(first({ ...off, started: true })).toEqual(['page tracking was started'])
    expect(first({ ...off, started: false })).toEqual(['page tracking was on already'])
    expect(first({ ...off, stoppedAt: 4000n, lostBase: { id: FULL, pageTrackLsn: 1n } })).toEqual([
      'stopped at:  LSN 4000',
      `lost base:   ${FULL}: the next backup must be a full`,
    ])
    expect(first({ ...off, restarted: true, purgedUpTo: 3000n })).toEqual([
      'purged to:   LSN 3000',
      'tracking was stopped and started for it',
    ])
    expect(first({ ...off, restarted: false })).toEqual(['there was nothing to purge'])
  })
})
