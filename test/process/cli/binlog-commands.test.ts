import { mkdir, readdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { binlogCodes } from '../../../src/binlog/verify-problem.ts'
import { main } from '../../../src/cli/main.ts'
import {
  ARCHIVED_SERVER,
  binlogWith,
  commitTime,
  nameOf,
  renameSealed,
  sealFile,
  writeArchive,
} from '../binlog/archive-fixture.ts'
import { makeFakeIo } from './fake-io.ts'
import { makeManifest, makeRepository } from './repository-fixture.ts'

const run = async (...argv: readonly string[]) => {
  const fake = makeFakeIo()
  const exitCode = await main(argv, fake.io)
  return { exitCode, stdout: fake.stdout(), stderr: fake.stderr() }
}

const json = readFileSync(join(import.meta.dirname, '../../../docs/json-output.md'), 'utf8')

/** Fields of a document that its section of docs/json-output.md does not name. */
const untold = (command: string, stdout: string): readonly string[] => {
  const section = json.split(/^## /m).find((part) => part.startsWith(command)) ?? ''
  const fields = [...stdout.matchAll(/"(\w+)":/g)].map(([, name = '']) => name)
  return fields.filter((name) => !new RegExp(`\\b${name}\\b`).test(`${section} schemaVersion`))
}

/** Taken after transaction `number`, which is in file `sequence`; it ended a second later. */
const backupAfter = (number: number, sequence: number) => {
  const at = commitTime(number).toISOString()
  const id = `UTC${at.replaceAll(/[-:Z]/g, '')}-full`
  const coordinates = {
    at,
    lsn: '2000',
    checkpointLsn: '2000',
    binlogFile: nameOf(sequence),
    binlogPosition: '300',
    gtidExecuted: `${ARCHIVED_SERVER}:1-${number}`,
  }
  const manifest = makeManifest({ id, type: 'full', base: null, startLsn: '0', endLsn: '2000' })
  return {
    ...manifest,
    donor: { ...manifest.donor, serverUuid: ARCHIVED_SERVER },
    beginTime: at,
    endTime: commitTime(number + 1).toISOString(),
    before: coordinates,
    after: coordinates,
  }
}

describe('binlog list', () => {
  it('shows every binlog, names each gap between its two ends, and what can be reached', async () => {
    await using fixture = await makeRepository(backupAfter(5, 1), backupAfter(45, 5))
    const { layout } = fixture
    const directory = await writeArchive(layout, { files: [1, 2, 4, 5, 6], open: 7 })
    await truncate(join(directory, nameOf(6)), 100)
    const { exitCode, stdout } = await run('binlog', 'list', `--repo=${layout.root}`)
    expect(exitCode).toBe(0)
    expect(stdout.replaceAll(`${directory}/`, '')).toMatchInlineSnapshot(`
      "server dcd69b6a-e4c8-11f1-8a0d-02fc00000001, 4.92 KiB
      BINLOG         STATE     SIZE  STORED  FROM                  TO                    TRANSACTIONS  GTIDS
      binlog.000001  closed   983 B   983 B  2026-11-20T10:00:01Z  2026-11-20T10:00:10Z            10  dcd69b6a-e4c8-11f1-8a0d-02fc00000001:1-10
      binlog.000002  closed  1023 B  1023 B  2026-11-20T10:00:11Z  2026-11-20T10:00:20Z            10  dcd69b6a-e4c8-11f1-8a0d-02fc00000001:11-20
      gap       binlog.000003 with dcd69b6a-e4c8-11f1-8a0d-02fc00000001:21-30 missing between binlog.000002 and binlog.000004: binlog.000002 ends at 2026-11-20T10:00:20.000000Z with dcd69b6a-e4c8-11f1-8a0d-02fc00000001:1-20; binlog.000004 begins at 2026-11-20T10:00:31.000000Z after dcd69b6a-e4c8-11f1-8a0d-02fc00000001:1-30
      binlog.000004  closed  1023 B  1023 B  2026-11-20T10:00:31Z  2026-11-20T10:00:40Z            10  dcd69b6a-e4c8-11f1-8a0d-02fc00000001:31-40
      binlog.000005  closed  1023 B  1023 B  2026-11-20T10:00:41Z  2026-11-20T10:00:50Z            10  dcd69b6a-e4c8-11f1-8a0d-02fc00000001:41-50
      damaged   binlog.000006 has 100 bytes, expected 1023 bytes
      gap       binlog.000006 with dcd69b6a-e4c8-11f1-8a0d-02fc00000001:51-60 missing between binlog.000005 and binlog.000007: binlog.000005 ends at 2026-11-20T10:00:50.000000Z with dcd69b6a-e4c8-11f1-8a0d-02fc00000001:1-50; binlog.000007 begins at 2026-11-20T10:01:01.000000Z after dcd69b6a-e4c8-11f1-8a0d-02fc00000001:1-60
      binlog.000007  open     983 B   983 B  2026-11-20T10:01:01Z  2026-11-20T10:01:10Z            10  dcd69b6a-e4c8-11f1-8a0d-02fc00000001:61-70

      recovery window: 2026-11-20T10:00:06.000Z to 2026-11-20T10:00:20.000Z
      recovery window: 2026-11-20T10:00:46.000Z to 2026-11-20T10:00:50.000Z
      "
    `)
    const listed = await run('binlog', 'list', '--json', `--repo=${layout.root}`)
    expect(untold('binlog list', listed.stdout)).toEqual([])
    const document = JSON.parse(listed.stdout)
    expect(document.archives[0].gaps[0]).toMatchObject({
      kind: 'files',
      after: nameOf(2),
      before: nameOf(4),
      missingFiles: { first: nameOf(3), last: nameOf(3) },
      missingGtids: `${ARCHIVED_SERVER}:21-30`,
    })
    expect(document.servers[0].recoveryWindows).toEqual([
      { from: '2026-11-20T10:00:06.000Z', to: '2026-11-20T10:00:20.000Z' },
      { from: '2026-11-20T10:00:46.000Z', to: '2026-11-20T10:00:50.000Z' },
    ])
  })

  it('says that there is none', async () => {
    await using fixture = await makeRepository()
    const { exitCode, stdout } = await run('binlog', 'list', `--repo=${fixture.layout.root}`)
    expect({ exitCode, stdout }).toEqual({
      exitCode: 0,
      stdout: 'no binlogs are archived; clonectl binlog pull archives them\n',
    })
  })
})

describe('binlog verify', () => {
  const verify = async (
    harm: (directory: string) => Promise<void>,
    ...options: readonly string[]
  ) => {
    await using fixture = await makeRepository()
    const { layout } = fixture
    const compressed = options.includes('compressed')
    const directory = await writeArchive(layout, { files: [1, 2, 3, 4], compressed, open: 5 })
    await harm(directory)
    const given = options.filter((option) => option.startsWith('--'))
    const { exitCode, stdout } = await run(
      ...['binlog', 'verify', '--json', ...given, `--repo=${layout.root}`],
    )
    expect(untold('binlog verify', stdout)).toEqual([])
    const document = JSON.parse(stdout)
    return {
      exitCode,
      problems: document.problems.map(
        ({ file, code }: { file: string; code: string }) => `${file} ${code}`,
      ),
      gaps: document.gaps.map(({ message }: { message: string }) => message),
      read: document.archives.map(({ read }: { read: number }) => read),
    }
  }

  const end = (sequence: number) =>
    `${nameOf(sequence)} ends at ${micros(sequence * 10)} with ${ARCHIVED_SERVER}:1-${sequence * 10}`
  const start = (sequence: number) =>
    `${nameOf(sequence)} begins at ${micros(sequence * 10 - 9)} after ${ARCHIVED_SERVER}:1-${sequence * 10 - 10}`
  const micros = (number: number) => commitTime(number).toISOString().replace('Z', '000Z')

  it.each(['plain', 'compressed'])('finds a whole archive right (%s)', async (form) => {
    expect(await verify(() => Promise.resolve(), form)).toEqual({
      exitCode: 0,
      problems: [],
      gaps: [],
      read: [4],
    })
  })

  it('ends with 20 when one is missing, and names both ends', async () => {
    const result = await verify(async (directory) => {
      await rm(join(directory, nameOf(2)))
      await rm(join(directory, `${nameOf(2)}.json`))
    })
    expect(result).toMatchObject({ exitCode: 20, problems: [] })
    expect(result.gaps).toEqual([
      `${nameOf(2)} with ${ARCHIVED_SERVER}:11-20 missing between ${nameOf(1)} and ${nameOf(3)}: ${end(1)}; ${start(3)}`,
    ])
  })

  it('ends with 21 when only its file is missing, or it is truncated', async () => {
    const missing = await verify((directory) => rm(join(directory, nameOf(2))), '--quick')
    const truncated = await verify((directory) => truncate(join(directory, nameOf(2)), 300))
    for (const result of [missing, truncated]) {
      expect(result).toMatchObject({ exitCode: 21, problems: [`${nameOf(2)} FILE`] })
      expect(result.gaps).toEqual([expect.stringContaining(`${end(1)}; ${start(3)}`)])
    }
    expect(missing.read).toEqual([0])
  })

  it('ends with 20 when they are in another order, or the open one is of another history', async () => {
    const reordered = await verify(async (directory) => {
      await sealFile(directory, nameOf(2), binlogWith(21, 30, { next: nameOf(4) }))
      await sealFile(directory, nameOf(3), binlogWith(11, 20, { next: nameOf(3) }))
    })
    expect(reordered).toMatchObject({ exitCode: 20, problems: [] })
    expect(reordered.gaps[1]).toBe(
      `${nameOf(3)} does not continue ${nameOf(2)}: ` +
        `${end(3).replace(nameOf(3), nameOf(2))}; ${start(2).replace(nameOf(2), nameOf(3))}`,
    )
    const foreignTail = await verify((directory) =>
      writeFile(join(directory, 'tail', nameOf(5)), binlogWith(21, 22)),
    )
    expect(foreignTail).toMatchObject({ exitCode: 20, problems: [] })
    expect(foreignTail.gaps[0]).toMatch(/^binlog\.000005 does not continue binlog\.000004: /)
  })

  it('ends with 21 for files that changed places, with their entries or without', async () => {
    const swapped = await verify(async (directory) => {
      await rename(join(directory, nameOf(2)), join(directory, 'x'))
      await rename(join(directory, nameOf(3)), join(directory, nameOf(2)))
      await rename(join(directory, 'x'), join(directory, nameOf(3)))
    })
    expect(swapped).toMatchObject({
      exitCode: 21,
      problems: [`${nameOf(2)} SHA256`, `${nameOf(3)} SHA256`],
    })
    const moved = await verify((directory) => renameSealed(directory, 4, 6))
    expect(moved).toMatchObject({ exitCode: 21, problems: [`${nameOf(6)}.json ENTRY`] })
  })

  it('ends with 21 for a binlog of another server', async () => {
    const other = '3e11fa47-71ca-11e1-9e33-c80aa9429562'
    const result = await verify((directory) =>
      sealFile(directory, nameOf(2), binlogWith(11, 20), { serverUuid: other }),
    )
    expect(result).toMatchObject({ exitCode: 21, problems: [`${nameOf(2)}.json ENTRY`] })
    expect(result.gaps).toEqual([expect.stringContaining(`${end(1)}; ${start(3)}`)])
  })

  it('ends with 21 when an entry tells of other times, GTIDs or another content', async () => {
    const changed = (from: RegExp, to: string) => async (directory: string) => {
      const path = join(directory, `${nameOf(2)}.json`)
      const text = await readFile(path, 'utf8')
      expect(text).toMatch(from)
      await writeFile(path, text.replace(from, to))
    }
    const times = await verify(changed(/"lastTimeMicros": "\d+"/, '"lastTimeMicros": "1"'))
    expect(times).toMatchObject({ exitCode: 21, problems: [`${nameOf(2)} FACTS`] })
    const content = await verify(
      changed(/"sha256": "\w{64}"/, `"sha256": "${'0'.repeat(64)}"`),
      'compressed',
    )
    expect(content).toMatchObject({ exitCode: 21, problems: [`${nameOf(2)}.zst CONTENT_SHA256`] })
  })

  it('ends with 21 when what was sealed is no binlog', async () => {
    const result = await verify(async (directory) => {
      const bytes = binlogWith(11, 20, { next: nameOf(3) })
      await sealFile(directory, nameOf(2), bytes)
      const path = join(directory, `${nameOf(2)}.json`)
      const { createHash } = await import('node:crypto')
      const sha256 = (of: Buffer) => createHash('sha256').update(of).digest('hex')
      const broken = Buffer.from(bytes)
      broken.writeUInt32LE(5, 4 + 9)
      await writeFile(join(directory, nameOf(2)), broken)
      const entry = await readFile(path, 'utf8')
      await writeFile(path, entry.replaceAll(sha256(bytes), sha256(broken)))
    })
    expect(result).toMatchObject({ exitCode: 21, problems: [`${nameOf(2)} NOT_A_BINLOG`] })
  })

  it('reads a share of them, and needs no lock', async () => {
    const result = await verify(async (directory) => {
      await writeFile(join(directory, 'lock'), 'held by a puller')
    }, '--sample=50%')
    expect(result).toMatchObject({ exitCode: 0, read: [2] })
  })

  it('has its codes explained', () => {
    expect(binlogCodes.filter((code) => json.includes(`\`${code}\``))).toEqual(binlogCodes)
  })
})

describe('chain expire', () => {
  it('removes the binlogs that no kept backup needs, from the head on', async () => {
    const [old, young] = [backupAfter(5, 1), backupAfter(45, 5)]
    await using fixture = await makeRepository(old, young)
    const { layout } = fixture
    const directory = await writeArchive(layout, { files: [1, 2, 3, 4, 5, 6], open: 7 })
    const repo = `--repo=${layout.root}`
    const shown = await run('chain', 'expire', '--keep-last=1', repo)
    expect(shown.stdout).toContain(
      [
        `binlogs of server ${ARCHIVED_SERVER}`,
        'expire:      binlog.000001 to binlog.000004 (4), 3.96 KiB, to be removed for good: no kept backup needs them',
      ].join('\n'),
    )
    expect(shown.stdout).toMatch(
      /^keep: {8}binlog.000005 to binlog.000006 \(2\), .*: binlog.000005 is needed by /m,
    )
    expect(await readdir(directory)).toHaveLength(13)
    // What an expiry that was killed has left.
    await rm(join(directory, `${nameOf(1)}.json`))
    const done = await run('chain', 'expire', '--keep-last=1', '--confirm', '--json', repo)
    expect(done.exitCode).toBe(0)
    expect(JSON.parse(done.stdout).binlogs).toMatchObject([
      { expired: [2, 3, 4].map((n) => ({ name: nameOf(n) })), kept: 2, why: { code: 'NEEDED' } },
    ])
    expect((await readdir(directory)).toSorted()).toEqual(
      [5, 6].flatMap((n) => [nameOf(n), `${nameOf(n)}.json`]).concat('tail'),
    )
    expect(await run('binlog', 'verify', repo)).toMatchObject({ exitCode: 0 })
    const show = await run('chain', 'show', repo)
    expect(show.stdout).toMatch(
      /^with binlogs: {3} 2026-11-20T10:00:46.000Z to 2026-11-20T10:01:10.000Z$/m,
    )
  })

  it('removes a history that every kept backup came after, but nothing that somebody put there', async () => {
    await using fixture = await makeRepository(backupAfter(5, 1))
    const { layout } = fixture
    await writeArchive(layout, { files: [1] })
    const shape = { files: [7, 8], open: 9 }
    const gone = `${ARCHIVED_SERVER}.until-20261119T093012Z`
    const kept = `${ARCHIVED_SERVER}.until-20261119T103012Z`
    await writeArchive(layout, { ...shape, directory: gone })
    await writeArchive(layout, { ...shape, directory: kept })
    await mkdir(join(layout.binlogs, kept, 'mine'))
    const { exitCode } = await run(
      ...['chain', 'expire', '--keep-last=1', '--confirm', `--repo=${layout.root}`],
    )
    expect(exitCode).toBe(0)
    expect((await readdir(layout.binlogs)).toSorted()).toEqual([ARCHIVED_SERVER, kept])
    expect(await readdir(join(layout.binlogs, kept))).toEqual(['mine'])
  })
})

it('metrics and the nagios check tell of a gap after the newest backup', async () => {
  await using fixture = await makeRepository(backupAfter(5, 1))
  const { layout } = fixture
  await writeArchive(layout, { files: [1, 3], open: 4 })
  const repo = `--repo=${layout.root}`
  const { stdout } = await run('metrics', repo)
  const lines = stdout.split('\n').filter((line) => line.startsWith('clonectl_binlog_'))
  const values = lines.map((line) => /^clonectl_binlog_(\w+)\{.*\} (.*)$/.exec(line)?.slice(1))
  expect(Object.fromEntries(values.map((value) => [value?.[0], Number(value?.[1])]))).toEqual({
    recovery_window_start_timestamp_seconds: commitTime(6).getTime() / 1000,
    recovery_window_end_timestamp_seconds: commitTime(10).getTime() / 1000,
    archive_gaps: 1,
    archive_damaged: 0,
    archive_last_event_timestamp_seconds: commitTime(40).getTime() / 1000,
    archive_binlogs: 3,
    archive_bytes: expect.any(Number),
  })
  const nagios = await run('doctor', '--nagios', '--warn-age=9999d', '--crit-age=9999d', repo)
  expect(nagios.stdout).toMatch(/binlogs are missing after the newest backup: binlog\.000002 with /)
})
