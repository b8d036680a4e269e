import { spawnSync } from 'node:child_process'
import { mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { main } from '../../../src/cli/main.ts'
import { parsePrometheus } from '../../fakes/prometheus-text.ts'
import { writeDrill } from '../../../src/repository/drill-file.ts'
import { noNotes, writeNotes } from '../../../src/repository/notes-file.ts'
import { makeDrillRecord } from '../../fakes/drill-record.ts'
import { useScratchDir } from '../system/scratch-dir.ts'
import { writeArchive } from '../binlog/archive-fixture.ts'
import { makeFakeIo } from './fake-io.ts'
import { makeObservedRepository, OTHER_SERVER } from './observed-repository.ts'
import {
  FIRST,
  forkedChain,
  FULL,
  makeManifest,
  makeRepository,
  SECOND,
  SERVER_UUID,
} from './repository-fixture.ts'

const scratch = useScratchDir()

const run = async (...argv: readonly string[]) => {
  const fake = makeFakeIo()
  const exitCode = await main(['metrics', ...argv], fake.io)
  return { exitCode, stdout: fake.stdout(), stderr: fake.stderr() }
}

/** The samples under names without `clonectl_`, and labels without the repository's path. */
const read = (text: string) => {
  const samples = parsePrometheus(text)
  return (name: string, labels: Readonly<Record<string, string>> = {}) => {
    const found = samples.filter(
      (sample) =>
        sample.name === `clonectl_${name}` &&
        Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
    )
    if (found.length > 1) throw new Error(`${found.length} samples of ${name} fit`)
    return found[0]?.value
  }
}

const unix = (time: string) => Date.parse(time) / 1000

describe('metrics', () => {
  it('tells of each server when what was last done with success', async () => {
    await using fixture = await makeObservedRepository()
    const { exitCode, stdout } = await run('--repo', fixture.layout.root)
    expect(exitCode).toBe(0)
    const value = read(stdout)
    const ours = { server_uuid: SERVER_UUID, engine: 'mysql', repo: fixture.layout.root }
    const last = (operation: string) =>
      value('last_success_timestamp_seconds', { ...ours, operation })
    expect(last('full')).toBe(unix('2026-11-20T09:30:48Z'))
    expect(last('increment')).toBe(unix('2026-11-20T12:30:48Z'))
    // Newer, but it found damage.
    expect(last('verify')).toBe(unix('2026-11-20T17:00:00Z'))
    expect(value('last_success_age_seconds', { ...ours, operation: 'full' })).toBeCloseTo(
      (value('observed_timestamp_seconds') ?? 0) - unix('2026-11-20T09:30:48Z'),
      1,
    )
    const theirs = { server_uuid: OTHER_SERVER, engine: 'greatsql' }
    expect(value('last_success_timestamp_seconds', { ...theirs, operation: 'full' })).toBe(
      unix('2026-11-20T11:00:48Z'),
    )
    for (const operation of ['increment', 'verify'])
      expect(value('last_success_timestamp_seconds', { ...theirs, operation })).toBeUndefined()
  })

  it('tells chains, sizes, durations, windows and what is wrong', async () => {
    await using fixture = await makeObservedRepository()
    const value = read((await run('--repo', fixture.layout.root)).stdout)
    const ours = { server_uuid: SERVER_UUID }
    expect(value('chains', ours)).toBe(1)
    expect(value('chain_length', ours)).toBe(3)
    expect(value('backups', { ...ours, state: 'ok' })).toBe(4)
    expect(value('backups', { ...ours, state: 'broken' })).toBe(1)
    expect(value('verified_backups', { ...ours, state: 'sound' })).toBe(2)
    expect(value('verified_backups', { ...ours, state: 'damaged' })).toBe(1)
    expect(value('verified_backups', { ...ours, state: 'never' })).toBe(2)
    expect(value('last_stored_bytes', { ...ours, operation: 'increment' })).toBe(524_288)
    expect(value('last_restored_bytes', { ...ours, operation: 'full' })).toBe(10_485_760)
    expect(value('stored_bytes', ours)).toBe(10_485_760 + 4 * 524_288)
    // The journal tells of the whole run; without one there is what the manifest tells of the clone.
    expect(value('last_duration_seconds', { ...ours, operation: 'full' })).toBe(120)
    expect(value('last_duration_seconds', { ...ours, operation: 'increment' })).toBe(35.655)
    expect(value('recovery_window_start_timestamp_seconds', ours)).toBe(
      unix('2026-11-20T09:30:48Z'),
    )
    expect(value('recovery_window_end_timestamp_seconds', ours)).toBe(unix('2026-11-20T12:30:48Z'))
    expect(value('last_run_failed')).toBe(1)
    expect(value('last_failed_run_timestamp_seconds')).toBe(unix('2026-11-20T14:30:12.345Z'))
    expect(value('locked_since_timestamp_seconds')).toBe(unix('2026-11-20T18:30:00Z'))
    expect(value('repository_free_bytes')).toBeGreaterThan(0)
    expect(value('up')).toBe(1)
  })

  it('tells of drills and pins', async () => {
    await using fixture = await makeObservedRepository()
    const { layout } = fixture
    await writeDrill(layout.backup(FIRST), makeDrillRecord(FIRST))
    const failed = { outcome: 'failed', endedAt: '2026-11-19T04:00:00.000Z' } as const
    await writeDrill(layout.backup(SECOND), makeDrillRecord(SECOND, failed))
    const pin = { at: '2026-11-20T15:00:00.000Z', reason: null, until: null }
    await writeNotes(layout.backup(FULL), { ...noNotes, pin })
    const value = read((await run('--repo', layout.root)).stdout)
    const ours = { server_uuid: SERVER_UUID }
    expect(value('last_success_timestamp_seconds', { ...ours, operation: 'drill' })).toBe(
      unix('2026-11-18T04:09:11Z'),
    )
    expect(value('last_drill_recovery_seconds', ours)).toBe(254)
    expect(value('last_drill_failed', ours)).toBe(1)
    expect(value('last_drill_failed', { server_uuid: OTHER_SERVER })).toBeUndefined()
    expect(value('pinned_backups', ours)).toBe(1)
  })

  it('has each metric in docs/monitoring.md, and no others are there', async () => {
    await using fixture = await makeObservedRepository()
    await writeDrill(fixture.layout.backup(FIRST), makeDrillRecord(FIRST))
    await writeArchive(fixture.layout, { files: [1], serverUuid: SERVER_UUID })
    const { stdout } = await run('--repo', fixture.layout.root)
    const page = await readFile(join(import.meta.dirname, '../../../docs/monitoring.md'), 'utf8')
    const listed = [...page.matchAll(/^\| `(clonectl_\w+)`/gm)].map(([, name]) => name)
    const told = new Set(parsePrometheus(stdout).map(({ name }) => name))
    expect(listed.sort()).toEqual([...told].sort())
    const [, alerts = ''] = /```yaml\n(.*?)```/s.exec(page) ?? []
    const used = new Set([...alerts.matchAll(/\bclonectl_\w+/g)].map(([name]) => name))
    expect(used.size).toBeGreaterThan(8)
    expect([...used].filter((name) => !told.has(name))).toEqual([])
  })

  it('counts damaged manifests and unsealed directories, and forgets a failure once a run went well', async () => {
    await using fixture = await makeObservedRepository()
    const { layout } = fixture
    const id = 'UTC20261120T150012.345-full'
    await mkdir(layout.backup(id).directory)
    await writeFile(layout.backup(id).manifest, '{"format": 1}')
    await mkdir(layout.backup('UTC20261120T090012.345-full').directory)
    await rm(layout.lock)
    const value = read((await run('--repo', layout.root)).stdout)
    expect(value('damaged_manifests')).toBe(1)
    expect(value('unsealed_backups', { state: 'left' })).toBe(1)
    expect(value('unsealed_backups', { state: 'running' })).toBe(0)
    expect(value('locked_since_timestamp_seconds')).toBeUndefined()
    await rm(layout.trash, { recursive: true })
    const later = read((await run('--repo', layout.root)).stdout)
    // What is left from nine o'clock failed, and backups were taken since.
    expect(later('last_run_failed')).toBe(0)
    expect(later('last_failed_run_timestamp_seconds')).toBe(unix('2026-11-20T09:00:12.345Z'))
  })

  it('has no sample of what is not there, and no family without samples', async () => {
    await using fixture = await makeRepository()
    const { stdout } = await run('--repo', fixture.layout.root)
    const names = new Set(parsePrometheus(stdout).map(({ name }) => name))
    expect([...names]).toEqual([
      'clonectl_up',
      'clonectl_build_info',
      'clonectl_observed_timestamp_seconds',
      'clonectl_repository_free_bytes',
      'clonectl_damaged_manifests',
      'clonectl_unsealed_backups',
      'clonectl_last_run_failed',
    ])
  })

  it('gives the same order every time, whatever the servers are called', async () => {
    const odd = makeManifest({
      id: 'UTC20261120T080012.345-full',
      type: 'full',
      base: null,
      startLsn: '0',
      endLsn: '1',
    })
    const serverUuid = 'quote " back\\slash \n line'
    await using fixture = await makeRepository(...forkedChain, {
      ...odd,
      donor: { ...odd.donor, serverUuid },
    })
    const texts = [
      await run('--repo', fixture.layout.root),
      await run('--repo', fixture.layout.root),
    ]
    const [one, other] = texts.map(({ stdout }) =>
      parsePrometheus(stdout).map(({ name, labels }) => [name, Object.values(labels)]),
    )
    expect(one).toEqual(other)
    expect(read(texts[0]!.stdout)('chains', { server_uuid: serverUuid })).toBe(1)
  })

  it('is a document with --json', async () => {
    await using fixture = await makeRepository(...forkedChain)
    const { stdout } = await run('--repo', fixture.layout.root, '--json')
    const document = JSON.parse(stdout)
    expect(document).toMatchObject({ schemaVersion: 1, file: null })
    expect(document.families[0]).toEqual({
      name: 'clonectl_up',
      type: 'gauge',
      help: 'Whether the repository could be read.',
      samples: [{ labels: { repo: fixture.layout.root }, value: 1 }],
    })
  })

  it('pleases promtool', async (context) => {
    const found = spawnSync('promtool', ['--version'], { encoding: 'utf8' })
    if (found.error !== undefined) context.skip('promtool is not installed')
    await using fixture = await makeObservedRepository()
    const { stdout: input } = await run('--repo', fixture.layout.root)
    const { status, stderr } = spawnSync('promtool', ['check', 'metrics'], {
      input,
      encoding: 'utf8',
    })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  })
})

describe('metrics --file', () => {
  const file = () => scratch('clonectl.prom')

  it('replaces the file as a whole, readable for everybody, and leaves nothing beside it', async () => {
    await using fixture = await makeRepository(...forkedChain)
    await writeFile(file(), 'of yesterday', { mode: 0o600 })
    const { exitCode, stdout } = await run('--repo', fixture.layout.root, '--file', file())
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '' })
    expect(read(await readFile(file(), 'utf8'))('up')).toBe(1)
    expect((await stat(file())).mode & 0o777).toBe(0o644)
    expect((await readdir(scratch('.'))).filter((name) => name.startsWith('clonectl'))).toEqual([
      'clonectl.prom',
    ])
  })

  it('says in the file that the repository cannot be read, and fails all the same', async () => {
    const { exitCode, stderr } = await run('--repo', scratch('gone'), '--file', file())
    expect(exitCode).toBe(12)
    expect(stderr).toContain('error: REPOSITORY_MISSING')
    const samples = parsePrometheus(await readFile(file(), 'utf8'))
    expect(samples).toEqual([{ name: 'clonectl_up', labels: { repo: scratch('gone') }, value: 0 }])
  })

  it.each([
    ['in the repository', (root: string) => join(root, 'x.prom'), 12, 'lies in the repository'],
    ['that is no file', () => '/dev/null', 12, 'is no file'],
    ['in no directory', () => scratch('no/such/x.prom'), 10, 'there is no directory'],
  ])('refuses a path %s', async (_, place, code, why) => {
    await using fixture = await makeRepository(...forkedChain)
    const { root } = fixture.layout
    const { exitCode, stderr } = await run('--repo', root, '--file', place(root))
    expect(exitCode).toBe(code)
    expect(stderr).toContain(why)
  })

  it('writes through a link, and warns of a name that node_exporter does not read', async () => {
    await using fixture = await makeRepository(...forkedChain)
    await symlink(scratch('real.txt'), scratch('link.txt'))
    const { exitCode, stderr } = await run(
      '--repo',
      fixture.layout.root,
      '--file',
      scratch('link.txt'),
    )
    expect(exitCode).toBe(0)
    expect(stderr).toContain('end in .prom')
    expect(await readFile(scratch('real.txt'), 'utf8')).toContain('clonectl_up')
    expect((await stat(scratch('link.txt'))).isFile()).toBe(true)
  })
})
