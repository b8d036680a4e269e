import { spawn } from 'node:child_process'
import { open, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { BackupId } from '../../../src/chain/backup-id.ts'
import { buildChains } from '../../../src/chain/chains.ts'
import type { RetentionPolicy } from '../../../src/chain/retention-policy.ts'
import { readCatalog } from '../../../src/repository/catalog.ts'
import { expire, previewExpiry } from '../../../src/repository/expire.ts'
import type { RepositoryLayout } from '../../../src/repository/layout.ts'
import { readNotes } from '../../../src/repository/notes-file.ts'
import * as trash from '../../../src/repository/trash.ts'
import { recordingReporter } from '../../fakes/recording-reporter.ts'
import {
  FIRST,
  forkedChain,
  FORK,
  FULL,
  makeManifest,
  makeRepository,
  SECOND,
} from '../cli/repository-fixture.ts'

const LATER = 'UTC20261121T093012.345-full'
const later = makeManifest({ id: LATER, type: 'full', base: null, startLsn: '0', endLsn: '9000' })

const policy: RetentionPolicy = {
  windowStart: undefined,
  keepFulls: 1,
  keepLast: undefined,
  keepLabel: undefined,
  includeBroken: false,
}

const contextOf = (signal = new AbortController().signal) => ({
  reporter: recordingReporter(),
  clock: { now: () => new Date('2026-11-22T12:00:00.000Z') },
  signal,
  command: 'clonectl chain expire --keep-full=1 --confirm',
})

const standing = async (layout: RepositoryLayout) => {
  const { chains, orphans } = buildChains((await readCatalog(layout)).backups)
  const members = chains.flatMap((chain) => chain.members)
  return {
    ids: members.map(({ backup }) => backup.id),
    problems: [...members, ...orphans].flatMap(({ problems }) => problems),
  }
}

const moveToTrash = trash.moveToTrash
afterEach(() => vi.restoreAllMocks())

describe('expire', () => {
  it('moves the newest first, each with a note of why, and gives the lock back', async () => {
    await using fixture = await makeRepository(...forkedChain, later)
    const context = contextOf()
    const { moved } = await expire(context, fixture.layout, policy)
    expect([...moved.keys()]).toEqual([FORK, SECOND, FIRST, FULL])
    expect((await readdir(fixture.layout.root)).sort()).toEqual([LATER, 'repository.json', 'trash'])
    const notes = JSON.parse(await readFile(join(moved.get(FULL) ?? '', 'notes.json'), 'utf8'))
    expect(notes.trashed).toEqual({
      at: '2026-11-22T12:00:00.000Z',
      why: 'does not belong to the newest full',
      command: 'clonectl chain expire --keep-full=1 --confirm',
    })
    expect(context.reporter.lines[0]).toBe(`info: moved ${FORK} to the trash`)
  })

  it('killed between two moves it leaves whole chains, and the next run goes on', async () => {
    await using fixture = await makeRepository(...forkedChain, later)
    const { layout } = fixture
    const script = join(import.meta.dirname, 'killed-expiry.ts')
    const killed = spawn(process.execPath, ['--import', 'tsx', script, layout.root, '2'])
    const signal = await new Promise((resolve) =>
      killed.on('close', (_code, name) => resolve(name)),
    )
    expect(signal).toBe('SIGKILL')
    expect(await standing(layout)).toEqual({ ids: [FULL, FIRST, LATER], problems: [] })
    const context = contextOf()
    const { moved } = await expire(context, layout, policy)
    expect([...moved.keys()]).toEqual([FIRST, FULL])
    expect(context.reporter.lines[0]).toContain(
      `took over the lock of a dead run (pid ${killed.pid})`,
    )
  })

  it.each([0, 1, 2, 3])('stopped after %i moves it leaves whole chains, too', async (moves) => {
    await using fixture = await makeRepository(...forkedChain, later)
    const { layout } = fixture
    const controller = new AbortController()
    await expireUntil(layout, controller, moves)
    const left = await standing(layout)
    expect(left.ids).toEqual([FULL, FIRST, SECOND, FORK].slice(0, 4 - moves).concat(LATER))
    expect(left.problems).toEqual([])
    const { moved } = await expire(contextOf(), layout, policy)
    expect(moved.size).toBe(4 - moves)
    expect((await standing(layout)).ids).toEqual([LATER])
  })

  it('is none of a backup that carries the note of a run killed just before it moved it', async () => {
    await using fixture = await makeRepository(...forkedChain, later)
    const { layout } = fixture
    vi.spyOn(trash, 'moveToTrash').mockRejectedValueOnce(new Error('stopped'))
    await expect(expire(contextOf(), layout, policy)).rejects.toThrow('stopped')
    vi.restoreAllMocks()
    expect((await readNotes(layout.backup(FORK))).trashed).not.toBe(null)
    expect((await standing(layout)).ids).toHaveLength(5)
  })

  it('moves nothing while another process reads what is to go', async () => {
    await using fixture = await makeRepository(...forkedChain, later)
    const { layout } = fixture
    const handle = await open(layout.backup(FIRST).manifest)
    const reader = spawn('sleep', ['30'], { stdio: [handle.fd, 'ignore', 'ignore'] })
    try {
      await new Promise((resolve) => reader.on('spawn', resolve))
      await expect(expire(contextOf(), layout, policy)).rejects.toMatchObject({
        code: 'LOCKED',
        details: { pid: reader.pid, path: layout.backup(FIRST).manifest },
      })
    } finally {
      reader.kill()
      await handle.close()
    }
    expect((await standing(layout)).ids).toHaveLength(5)
  })

  it('lets others read what stays', async () => {
    await using fixture = await makeRepository(...forkedChain, later)
    const handle = await open(fixture.layout.backup(LATER).manifest)
    const reader = spawn('sleep', ['30'], { stdio: [handle.fd, 'ignore', 'ignore'] })
    try {
      await new Promise((resolve) => reader.on('spawn', resolve))
      expect((await expire(contextOf(), fixture.layout, policy)).moved.size).toBe(4)
    } finally {
      reader.kill()
      await handle.close()
    }
  })

  it('sees what another took away since, and finds nothing to do in an empty repository', async () => {
    await using fixture = await makeRepository(later)
    await rm(fixture.layout.backup(LATER).directory, { recursive: true })
    const { plan, moved } = await expire(contextOf(), fixture.layout, policy)
    expect([plan.kept, plan.expired, moved.size]).toEqual([[], [], 0])
  })

  it('changes nothing as a preview, not even the lock', async () => {
    await using fixture = await makeRepository(...forkedChain, later)
    const before = await readdir(fixture.layout.root, { recursive: true })
    const { plan } = await previewExpiry(contextOf(), fixture.layout, policy)
    expect(plan.expired).toHaveLength(4)
    expect(await readdir(fixture.layout.root, { recursive: true })).toEqual(before)
  })
})

/** Stops it after so many moves. */
const expireUntil = async (
  layout: RepositoryLayout,
  controller: AbortController,
  moves: number,
): Promise<void> => {
  let done = 0
  if (done === moves) controller.abort(new Error('stopped'))
  vi.spyOn(trash, 'moveToTrash').mockImplementation(async (on: RepositoryLayout, id: BackupId) => {
    const destination = await moveToTrash(on, id)
    done += 1
    if (done === moves) controller.abort(new Error('stopped'))
    return destination
  })
  await expect(expire(contextOf(controller.signal), layout, policy)).rejects.toThrow('stopped')
  vi.restoreAllMocks()
}
