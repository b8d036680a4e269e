import { appendFile, mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { main } from '../../../src/cli/main.ts'
import { identityOf } from '../../../src/system/process-identity.ts'
import { makeFakeIo } from './fake-io.ts'
import {
  FIRST,
  FORK,
  forkedChain,
  FULL,
  fullManifest,
  increment,
  makeManifest,
  makeRepository,
  SECOND,
} from './repository-fixture.ts'

const run = async (...argv: readonly string[]) => {
  const fake = makeFakeIo()
  const exitCode = await main(argv, fake.io)
  return { exitCode, stdout: fake.stdout(), stderr: fake.stderr() }
}

const runJson = async (...argv: readonly string[]) => {
  const { exitCode, stdout, stderr } = await run(...argv, '--json')
  return { exitCode, stdout, document: stdout === '' ? undefined : JSON.parse(stdout), stderr }
}

describe('chain list', () => {
  it('shows every backup on a line', async () => {
    await using fixture = await makeRepository(...forkedChain)
    const { exitCode, stdout } = await run('chain', 'list', '--repo', fixture.layout.root)
    expect(exitCode).toBe(0)
    expect(stdout).toMatchInlineSnapshot(`
      "ID                           TYPE  BASE                         BEGUN                 ENDED                 START LSN           END LSN    STORED    RESULT  STATE  VERIFIED  DRILLED  LABEL
      UTC20261120T093012.345-full  full                               2026-11-20T09:30:12Z  2026-11-20T09:30:48Z          0              2000  10.0 MiB  10.0 MiB  ok     never     never    before the release
      UTC20261120T103012.345-incr  incr  UTC20261120T093012.345-full  2026-11-20T10:30:12Z  2026-11-20T10:30:48Z       2000              3000   512 KiB  10.0 MiB  ok     never     never
      UTC20261120T113012.345-incr  incr  UTC20261120T103012.345-incr  2026-11-20T11:30:12Z  2026-11-20T11:30:48Z       3000  9007199254740993   512 KiB  10.0 MiB  ok     never     never
      UTC20261120T123012.345-incr  incr  UTC20261120T103012.345-incr  2026-11-20T12:30:12Z  2026-11-20T12:30:48Z       3000              4500   512 KiB  10.0 MiB  ok     never     never
      "
    `)
  })

  it('gives one document with exact LSNs', async () => {
    await using fixture = await makeRepository(...forkedChain)
    const { document } = await runJson('chain', 'list', '--repo', fixture.layout.root)
    expect(document.schemaVersion).toBe(1)
    expect(document.backups.map((backup: { id: string }) => backup.id)).toEqual([
      FULL,
      FIRST,
      SECOND,
      FORK,
    ])
    expect(document.backups[2]).toMatchInlineSnapshot(`
      {
        "base": "UTC20261120T103012.345-incr",
        "beginTime": "2026-11-20T11:30:12.345Z",
        "compression": "none",
        "endLsn": "9007199254740993",
        "endTime": "2026-11-20T11:30:48.000Z",
        "engine": "mysql",
        "id": "UTC20261120T113012.345-incr",
        "lastDrilled": null,
        "lastVerified": null,
        "pageTrackLsn": "9007199254740993",
        "pin": null,
        "problems": [],
        "resultBytes": 10485760,
        "serverUuid": "3e11fa47-71ca-11e1-9e33-c80aa9429562",
        "serverVersion": "9.7.4",
        "startLsn": "3000",
        "state": "ok",
        "storedBytes": 524288,
        "type": "increment",
      }
    `)
    expect(document).toMatchObject({ damaged: [], unsealed: [] })
  })

  it('says so when there is nothing yet', async () => {
    await using fixture = await makeRepository()
    expect(await run('chain', 'list', '--repo', fixture.layout.root)).toMatchObject({
      exitCode: 0,
      stdout: 'no sealed backups\n',
    })
  })

  it('frames its story with a first and a last line, even when it is told to be quiet', async () => {
    await using fixture = await makeRepository()
    const { stderr } = await run('chain', 'list', '--quiet', `--repo=${fixture.layout.root}`)
    expect(stderr).toMatch(
      /^chain list begin: clonectl \d+\.\d+\.\d+ --quiet --repo=.*\nchain list end: complete \(\d+ ms\)\n$/,
    )
  })
})

describe('chain show', () => {
  it('shows each path to a tip, then the tree', async () => {
    await using fixture = await makeRepository(...forkedChain)
    const { exitCode, stdout } = await run('chain', 'show', '--repo', fixture.layout.root)
    expect(exitCode).toBe(0)
    expect(stdout).toMatchInlineSnapshot(`
      "chain UTC20261120T093012.345-full, server 3e11fa47-71ca-11e1-9e33-c80aa9429562, engine mysql
      recovery window: 2026-11-20T09:30:48.000Z to 2026-11-20T12:30:48.000Z, and later with binlogs

      UTC20261120T093012.345-full ==> UTC20261120T103012.345-incr ==> UTC20261120T113012.345-incr
      UTC20261120T093012.345-full ==> UTC20261120T103012.345-incr ==> UTC20261120T123012.345-incr

      BACKUP                          START LSN         TRACK LSN           END LSN  BEGUN                 ENDED                   STORED    RATIO  STATE  VERIFIED  DRILLED
      UTC20261120T093012.345-full             0              2000              2000  2026-11-20T09:30:12Z  2026-11-20T09:30:48Z  10.0 MiB  100.0 %  ok     never     never
      UTC20261120T103012.345-incr          2000              3000              3000  2026-11-20T10:30:12Z  2026-11-20T10:30:48Z   512 KiB    5.0 %  ok     never     never
      ├─ UTC20261120T113012.345-incr       3000  9007199254740993  9007199254740993  2026-11-20T11:30:12Z  2026-11-20T11:30:48Z   512 KiB    5.0 %  ok     never     never
      └─ UTC20261120T123012.345-incr       3000              4500              4500  2026-11-20T12:30:12Z  2026-11-20T12:30:48Z   512 KiB    5.0 %  ok     never     never
      "
    `)
  })

  it('gives one document', async () => {
    await using fixture = await makeRepository(fullManifest, increment(FIRST, FULL, '2000', '3000'))
    const { document } = await runJson('chain', 'show', '--repo', fixture.layout.root)
    expect(document).toMatchInlineSnapshot(`
      {
        "binlogGaps": [],
        "chains": [
          {
            "engine": "mysql",
            "full": "UTC20261120T093012.345-full",
            "id": "UTC20261120T093012.345-full",
            "members": [
              {
                "alsoOn": [],
                "beginTime": "2026-11-20T09:30:12.345Z",
                "bytes": 10485760,
                "compression": "none",
                "endLsn": "2000",
                "endTime": "2026-11-20T09:30:48.000Z",
                "id": "UTC20261120T093012.345-full",
                "lastDrilled": null,
                "lastVerified": null,
                "pageTrackLsn": "2000",
                "pin": null,
                "problems": [],
                "startLsn": "0",
                "state": "ok",
                "type": "full",
              },
              {
                "alsoOn": [],
                "base": "UTC20261120T093012.345-full",
                "beginTime": "2026-11-20T10:30:12.345Z",
                "bytes": 524288,
                "compression": "none",
                "endLsn": "3000",
                "endTime": "2026-11-20T10:30:48.000Z",
                "id": "UTC20261120T103012.345-incr",
                "lastDrilled": null,
                "lastVerified": null,
                "pageTrackLsn": "3000",
                "pin": null,
                "problems": [],
                "startLsn": "2000",
                "state": "ok",
                "type": "increment",
              },
            ],
            "recoveryWindow": {
              "from": "2026-11-20T09:30:48.000Z",
              "to": "2026-11-20T10:30:48.000Z",
            },
            "recoveryWindows": [
              {
                "from": "2026-11-20T09:30:48.000Z",
                "to": "2026-11-20T09:30:48.000Z",
              },
              {
                "from": "2026-11-20T10:30:48.000Z",
                "to": "2026-11-20T10:30:48.000Z",
              },
            ],
            "serverUuid": "3e11fa47-71ca-11e1-9e33-c80aa9429562",
          },
        ],
        "damaged": [],
        "orphans": [],
        "schemaVersion": 1,
        "unsealed": [],
      }
    `)
  })

  it('shows only the chain of the backup that is named', async () => {
    const other = makeManifest({
      id: 'UTC20261121T093012.345-full',
      type: 'full',
      base: null,
      startLsn: '0',
      endLsn: '9000',
    })
    await using fixture = await makeRepository(...forkedChain, other)
    const { document } = await runJson('chain', 'show', SECOND, '--repo', fixture.layout.root)
    expect(document.chains.map((chain: { id: string }) => chain.id)).toEqual([FULL])
    expect(document.chains[0].members).toHaveLength(4)
    const latest = await runJson('chain', 'show', 'latest', '--repo', fixture.layout.root)
    expect(latest.document.chains.map((chain: { id: string }) => chain.id)).toEqual([other.id])
  })

  it('ends with 20 for an id that no backup has', async () => {
    await using fixture = await makeRepository(...forkedChain)
    const { exitCode, stdout, stderr } = await run(
      'chain',
      'show',
      'UTC1999',
      '--repo',
      fixture.layout.root,
    )
    expect({ exitCode, stdout }).toEqual({ exitCode: 20, stdout: '' })
    expect(stderr).toContain('error: BACKUP_UNKNOWN no sealed backup is called UTC1999\n')
    expect(stderr).toMatch(/chain show end: failed \(\d+ ms\)\n$/)
  })

  it('names an increment that does not fit, and the orphan beside it', async () => {
    await using fixture = await makeRepository(
      fullManifest,
      increment(FIRST, FULL, '2500', '3000'),
      increment(SECOND, 'UTC20261101T000000.000-full', '3000', '4000'),
    )
    const { document } = await runJson('chain', 'show', '--repo', fixture.layout.root)
    expect(document.chains[0].members[1]).toMatchObject({
      id: FIRST,
      state: 'broken',
      problems: [{ code: 'LSN_GAP', message: expect.stringContaining('2500') }],
    })
    expect(document.orphans).toMatchObject([{ id: SECOND, problems: [{ code: 'BASE_MISSING' }] }])
    const { stdout } = await run('chain', 'show', '--repo', fixture.layout.root)
    expect(stdout).toContain(`broken    ${FIRST}: LSN_GAP `)
    expect(stdout).toContain(`broken    ${SECOND}: BASE_MISSING `)
  })

  it('says what an increment of the server fits on, too, and puts it there when its base is lost', async () => {
    const facts = { engine: 'greatsql', pageTrackLsn: '2000' } as const
    const full = { ...fullManifest, ...facts }
    const second = increment(SECOND, FIRST, '2000', '4000', facts)
    await using whole = await makeRepository(
      full,
      increment(FIRST, FULL, '2000', '3000', facts),
      second,
    )
    const repo = `--repo=${whole.layout.root}`
    expect((await run('chain', 'show', repo)).stdout).toContain(`\nalso on   ${SECOND}: ${FULL}\n`)
    expect((await runJson('chain', 'show', repo)).document.chains[0].members[2]).toMatchObject({
      base: FIRST,
      alsoOn: [FULL],
      state: 'ok',
    })
    await rm(whole.layout.backup(FIRST).directory, { recursive: true })
    const { stdout } = await run('chain', 'show', repo)
    expect(stdout).toContain(`\n${FULL} ==> ${SECOND}\n`)
    expect(stdout).toContain(
      `\nwarning   ${SECOND}: made on ${FIRST}, which is lost; sits on ${FULL} as well\n`,
    )
    for (const command of ['show', 'list'])
      expect((await runJson('chain', command, repo)).stdout).toContain(`"recordedBase": "${FIRST}"`)
  })

  it('does not let a damaged manifest hide the others', async () => {
    await using fixture = await makeRepository(...forkedChain)
    await appendFile(fixture.layout.backup(FORK).manifest, 'x')
    const { exitCode, document } = await runJson('chain', 'show', '--repo', fixture.layout.root)
    expect(exitCode).toBe(0)
    expect(document.chains[0].members).toHaveLength(3)
    expect(document.damaged).toEqual([
      { id: FORK, code: 'REPOSITORY_UNREADABLE', message: expect.stringContaining('not JSON') },
    ])
    const named = await runJson('chain', 'show', FORK, '--repo', fixture.layout.root)
    expect(named.document).toMatchObject({ chains: [], damaged: [{ id: FORK }] })
  })

  it('tells a run at work from what a dead one left', async () => {
    await using fixture = await makeRepository(fullManifest)
    const begin = async (id: string, owner: object) => {
      await mkdir(fixture.layout.backup(id).directory)
      const record = {
        format: 1,
        command: 'clonectl incr',
        owner,
        session: null,
        statement: null,
        mysqld: null,
        steps: [{ step: 'clone', at: '2026-11-20T10:30:12.400Z' }],
      }
      await writeFile(fixture.layout.backup(id).journal, JSON.stringify(record))
    }
    const own = identityOf(process.pid)
    await begin(FIRST, own)
    await begin(SECOND, { ...own, startTime: '1' })
    await mkdir(join(fixture.layout.root, FORK))
    const { document } = await runJson('chain', 'show', '--repo', fixture.layout.root)
    expect(document.unsealed).toEqual([
      {
        id: FIRST,
        state: 'running',
        message: `process ${own.pid} on ${own.host} is at work, in step clone since 2026-11-20T10:30:12.400Z`,
      },
      { id: SECOND, state: 'left', message: expect.stringContaining(' died in step clone since ') },
      { id: FORK, state: 'left', message: expect.stringContaining('no readable journal') },
    ])
  })
})
