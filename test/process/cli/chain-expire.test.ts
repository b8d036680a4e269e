import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { main } from '../../../src/cli/main.ts'
import { writeVerified, neverVerified } from '../../../src/repository/verified-file.ts'
import { makeFakeIo } from './fake-io.ts'
import {
  FIRST,
  forkedChain,
  FORK,
  FULL,
  increment,
  makeManifest,
  makeRepository,
  SECOND,
} from './repository-fixture.ts'

const LATER = 'UTC20261121T093012.345-full'
const later = makeManifest({ id: LATER, type: 'full', base: null, startLsn: '0', endLsn: '9000' })

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-11-22T12:00:00.000Z') })
})
afterEach(() => {
  vi.useRealTimers()
})

const run = async (...argv: readonly string[]) => {
  const fake = makeFakeIo()
  const exitCode = await main(argv, fake.io)
  return { exitCode, stdout: fake.stdout(), stderr: fake.stderr() }
}

const runJson = async (...argv: readonly string[]) => {
  const { exitCode, stdout } = await run(...argv, '--json')
  return { exitCode, document: JSON.parse(stdout) }
}

const json = readFileSync(join(import.meta.dirname, '../../../docs/json-output.md'), 'utf8')

/** Fields of a document that its section of docs/json-output.md does not name. */
const untold = (command: string, document: object): readonly string[] => {
  const sections = json.split(/^## /m).filter((part) => part.startsWith(command))
  const text = `${sections.join('')} schemaVersion path from to`
  const fields = [...JSON.stringify(document).matchAll(/"(\w+)":/g)].map(([, name = '']) => name)
  return fields.filter((name) => !new RegExp(`\\b${name}\\b`).test(text))
}

const idsIn = (entries: readonly { id: string }[]) => entries.map(({ id }) => id)

describe('chain expire', () => {
  it('shows what would go and what stays, each with its reason, and changes nothing', async () => {
    await using fixture = await makeRepository(...forkedChain, later)
    const before = await readdir(fixture.layout.root)
    const { exitCode, stdout } = await run(
      'chain',
      'expire',
      '--window=1d',
      '--keep-last=1',
      `--repo=${fixture.layout.root}`,
    )
    expect(exitCode).toBe(0)
    expect(stdout).toMatchInlineSnapshot(`
      "expire    UTC20261120T123012.345-incr    512 KiB  is not needed for the window, is not of the newest backup
      expire    UTC20261120T113012.345-incr    512 KiB  is not needed for the window, is not of the newest backup
      expire    UTC20261120T103012.345-incr    512 KiB  is not needed for the window, is not of the newest backup; UTC20261120T113012.345-incr and 1 more sit on it and go, too
      expire    UTC20261120T093012.345-full   10.0 MiB  is not needed for the window, is not of the newest backup; UTC20261120T103012.345-incr sits on it and goes, too
      keep      UTC20261121T093012.345-full   10.0 MiB  is needed to reach the beginning of the window; is of the newest backup; is the newest good backup of its server

      window:      from 2026-11-21T12:00:00.000Z
      to expire:   4 backups, 11.5 MiB; nothing was changed, --confirm moves them to the trash
      to stay:     1, 10.0 MiB

      server 3e11fa47-71ca-11e1-9e33-c80aa9429562
      reachable:   2026-11-21T09:30:48.000Z to 2026-11-21T09:30:48.000Z, and later with binlogs
      until now:   2026-11-20T09:30:48.000Z to 2026-11-21T09:30:48.000Z, and later with binlogs
      next backup: an increment on UTC20261121T093012.345-full, which needs page tracking from LSN 9000 on
      "
    `)
    expect(await readdir(fixture.layout.root)).toEqual(before)
  })

  it('moves it when that is confirmed, and trash list tells why', async () => {
    await using fixture = await makeRepository(...forkedChain, later)
    const repo = `--repo=${fixture.layout.root}`
    const { exitCode, stdout, stderr } = await run(
      'chain',
      'expire',
      '--keep-full=1',
      '--confirm',
      repo,
    )
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/^moved: {7}4 backups, 11.5 MiB, to the trash; clonectl trash empty /m)
    const moved = [...stderr.matchAll(/moved (\S+) to the trash/g)].map(([, id]) => id)
    expect(moved).toEqual([FORK, SECOND, FIRST, FULL])
    const list = await runJson('chain', 'list', repo)
    expect(idsIn(list.document.backups)).toEqual([LATER])
    const trash = await runJson('trash', 'list', repo)
    expect(untold('trash list', trash.document)).toEqual([])
    expect(trash.document.entries).toHaveLength(4)
    expect(trash.document.entries[0]).toMatchObject({
      since: '2026-11-22T12:00:00.000Z',
      why: 'expired: does not belong to the newest full',
    })
  })

  it('gives one document', async () => {
    await using fixture = await makeRepository(...forkedChain.slice(0, 2), later)
    const { document } = await runJson(
      'chain',
      'expire',
      '--keep-last=1',
      `--repo=${fixture.layout.root}`,
    )
    expect(untold('chain expire', document)).toEqual([])
    expect(document).toMatchInlineSnapshot(`
      {
        "binlogs": [],
        "bytes": 11010048,
        "confirmed": false,
        "damaged": [],
        "expired": [
          {
            "base": "UTC20261120T093012.345-full",
            "beginTime": "2026-11-20T10:30:12.345Z",
            "bytes": 524288,
            "dependants": [],
            "endTime": "2026-11-20T10:30:48.000Z",
            "id": "UTC20261120T103012.345-incr",
            "movedTo": null,
            "serverUuid": "3e11fa47-71ca-11e1-9e33-c80aa9429562",
            "state": "ok",
            "type": "increment",
            "why": {
              "code": "NOT_KEPT",
              "message": "is not of the newest backup",
            },
          },
          {
            "base": null,
            "beginTime": "2026-11-20T09:30:12.345Z",
            "bytes": 10485760,
            "dependants": [
              "UTC20261120T103012.345-incr",
            ],
            "endTime": "2026-11-20T09:30:48.000Z",
            "id": "UTC20261120T093012.345-full",
            "movedTo": null,
            "serverUuid": "3e11fa47-71ca-11e1-9e33-c80aa9429562",
            "state": "ok",
            "type": "full",
            "why": {
              "code": "NOT_KEPT",
              "message": "is not of the newest backup",
            },
          },
        ],
        "kept": [
          {
            "base": null,
            "beginTime": "2026-11-21T09:30:12.345Z",
            "bytes": 10485760,
            "dependants": [],
            "endTime": "2026-11-21T09:30:48.000Z",
            "id": "UTC20261121T093012.345-full",
            "reasons": [
              {
                "message": "is of the newest backup",
                "rule": "KEEP_LAST",
              },
              {
                "message": "is the newest good backup of its server",
                "rule": "LAST_GOOD",
              },
            ],
            "serverUuid": "3e11fa47-71ca-11e1-9e33-c80aa9429562",
            "state": "ok",
            "type": "full",
          },
        ],
        "keptBytes": 10485760,
        "policy": {
          "includeBroken": false,
          "keepFull": null,
          "keepLabel": null,
          "keepLast": 1,
          "windowStart": null,
        },
        "schemaVersion": 1,
        "servers": [
          {
            "nextBase": {
              "after": {
                "id": "UTC20261121T093012.345-full",
                "pageTrackLsn": "9000",
              },
              "before": {
                "id": "UTC20261121T093012.345-full",
                "pageTrackLsn": "9000",
              },
            },
            "nextMustBeFull": false,
            "recoveryWindow": {
              "after": {
                "from": "2026-11-21T09:30:48.000Z",
                "to": "2026-11-21T09:30:48.000Z",
              },
              "before": {
                "from": "2026-11-20T09:30:48.000Z",
                "to": "2026-11-21T09:30:48.000Z",
              },
            },
            "serverUuid": "3e11fa47-71ca-11e1-9e33-c80aa9429562",
          },
        ],
        "unsealed": [],
      }
    `)
  })

  it('keeps what is pinned with all it sits on, until the pin ends', async () => {
    await using fixture = await makeRepository(...forkedChain, later)
    const repo = `--repo=${fixture.layout.root}`
    const pinned = await run(
      'chain',
      'pin',
      SECOND,
      '--reason=audit',
      '--until=2026-11-23T00:00:00Z',
      repo,
    )
    expect(pinned.stdout).toMatchInlineSnapshot(`
      "UTC20261120T113012.345-incr is pinned until 2026-11-23T00:00:00.000Z (audit)
      with it stays UTC20261120T093012.345-full
      with it stays UTC20261120T103012.345-incr
      "
    `)
    const { document } = await runJson('chain', 'expire', '--keep-last=1', repo)
    expect(idsIn(document.expired)).toEqual([FORK])
    expect(document.kept[2].reasons).toEqual([
      { rule: 'PINNED', message: 'is pinned until 2026-11-23T00:00:00.000Z (audit)' },
    ])
    vi.setSystemTime(new Date('2026-11-23T00:00:00.000Z'))
    const after = await runJson('chain', 'expire', '--keep-last=1', repo)
    expect(idsIn(after.document.expired)).toEqual([FORK, SECOND, FIRST, FULL])
  })

  it('keeps what has a label that fits', async () => {
    await using fixture = await makeRepository(...forkedChain, later)
    const repo = `--repo=${fixture.layout.root}`
    const labelled = await run('chain', 'label', FORK, 'release 7', repo)
    expect(labelled.stdout).toBe(`${FORK} is labelled release 7\n`)
    const { document } = await runJson(
      'chain',
      'expire',
      '--keep-last=1',
      '--keep-label=release*',
      repo,
    )
    expect(idsIn(document.expired)).toEqual([SECOND])
  })

  it('keeps what may be pinned, because its notes cannot be read', async () => {
    await using fixture = await makeRepository(...forkedChain, later)
    const repo = `--repo=${fixture.layout.root}`
    await writeFile(fixture.layout.backup(FULL).notes, '{')
    const { document } = await runJson('chain', 'expire', '--keep-last=1', repo)
    expect(idsIn(document.kept)).toEqual([FULL, LATER])
    expect(document.kept[0].reasons[0].rule).toBe('NOTES_UNREADABLE')
    expect((await run('chain', 'list', repo)).stdout).toContain(
      `damaged   ${FULL}: REPOSITORY_UNREADABLE `,
    )
    expect(await run('chain', 'pin', FULL, repo)).toMatchObject({ exitCode: 12 })
  })

  it('does not count what a verification found damaged', async () => {
    await using fixture = await makeRepository(...forkedChain, later)
    const paths = fixture.layout.backup(LATER)
    await writeVerified(paths, { ...neverVerified, faulty: ['data/ibdata1'] })
    const repo = `--repo=${fixture.layout.root}`
    const { document } = await runJson('chain', 'expire', '--keep-full=1', repo)
    expect(idsIn(document.expired)).toEqual([])
  })

  it('reports what is damaged, broken or not sealed, and leaves it', async () => {
    const broken = increment('UTC20261121T103012.345-incr', LATER, '9999', '9999')
    await using fixture = await makeRepository(...forkedChain, later, broken)
    await writeFile(fixture.layout.backup(FORK).manifest, 'x')
    const unsealed = 'UTC20261121T113012.345-incr'
    await mkdir(fixture.layout.backup(unsealed).directory)
    const repo = `--repo=${fixture.layout.root}`
    const { stdout } = await run('chain', 'expire', '--keep-full=1', '--confirm', repo)
    expect(stdout).toContain(`keep      ${broken.id}    512 KiB  cannot be restored; it goes with`)
    expect(stdout).toContain(`damaged   ${FORK}: stays, REPOSITORY_UNREADABLE `)
    expect(stdout).toContain(`unsealed  ${unsealed}: stays, begun, with no readable journal`)
    const left = (await readdir(fixture.layout.root)).filter((name) => name.startsWith('UTC'))
    expect(left).toEqual([FORK, LATER, broken.id, unsealed])
    const asked = await runJson('chain', 'expire', '--include-broken', repo)
    expect(asked.document.expired).toMatchObject([{ id: broken.id, why: { code: 'BROKEN' } }])
  })

  it.each([
    [[], 'clonectl chain expire needs a rule: what is to stay?'],
    [['--keep-label=x'], 'clonectl chain expire needs a rule: what is to stay?'],
    [['--window=14'], '--window "14" is no duration'],
    [['--window=2m'], '--window "2m" is no duration'],
    [['--keep-full=0'], '--keep-full: expected a whole number from 1 to 1000000, found "0"'],
  ])('refuses %j', async (options, message) => {
    await using fixture = await makeRepository(...forkedChain)
    const { exitCode, stderr } = await run(
      'chain',
      'expire',
      ...options,
      `--repo=${fixture.layout.root}`,
    )
    expect(exitCode).toBe(2)
    expect(stderr).toContain(message)
  })

  it('waits for nobody: a lock is respected', async () => {
    await using fixture = await makeRepository(...forkedChain, later)
    const owner = { pid: 1, startTime: null, host: 'elsewhere', command: 'full', since: 'then' }
    await writeFile(fixture.layout.lock, JSON.stringify(owner))
    const repo = `--repo=${fixture.layout.root}`
    for (const argv of [
      ['chain', 'expire', '--keep-last=1', '--confirm'],
      ['chain', 'pin', FULL],
      ['chain', 'unpin', FULL],
      ['chain', 'label', FULL, 'x'],
      ['trash', 'empty', '--confirm'],
      ['chain', 'rebuild', '--confirm'],
    ])
      expect(await run(...argv, repo)).toMatchObject({ exitCode: 11 })
    expect(await run('chain', 'expire', '--keep-last=1', repo)).toMatchObject({ exitCode: 0 })
  })
})
