// Page tracking on a real server, with real backups that rely on it.
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import {
  pageTrackingStatus,
  purgeTracking,
  startTracking,
  stopTracking,
} from '../../src/clone/page-tracking.ts'
import { openSession, type Session } from '../../src/mysql/session.ts'
import { backupPathsAt } from '../../src/repository/layout.ts'
import type { Manifest } from '../../src/repository/manifest.ts'
import { readManifest } from '../../src/repository/manifest-file.ts'
import { openRepository } from '../../src/repository/repository.ts'
import { describeServer } from '../bed/describe-server.ts'
import type { Instance } from '../bed/instance.ts'
import { makeScene, type Scene } from './support/scene.ts'

const GET_START = 'SELECT mysqlbackup_page_track_get_start_lsn()'

let scene: Scene
let server: Instance
let session: Session

const open = (): Promise<Session> => openSession({ socket: server.socket, user: 'root' })

const serverStart = async (): Promise<bigint> => BigInt((await session.value(GET_START)) ?? -1)

const groups = async (): Promise<readonly string[]> =>
  (await readdir(join(server.datadir, '#ib_archive')).catch(() => []))
    .filter((name) => name.startsWith('page_group_'))
    .sort()

/** Changes more than a few pages and has them written, so that every LSN moves on. */
const work = async (): Promise<void> => {
  await server.sql(
    `DROP TABLE IF EXISTS shop.work;
     CREATE TABLE shop.work AS SELECT TABLE_NAME, COLUMN_NAME FROM information_schema.COLUMNS;
     SELECT innodb_redo_log_sharp_checkpoint()`,
  )
}

/** Takes a backup with the built program and reads what was sealed. */
const backup = async (repository: string, ...args: readonly string[]): Promise<Manifest> => {
  const { directory } = await scene.backup(...args, `--repo=${repository}`)
  const manifest = await readManifest(backupPathsAt(directory))
  if (manifest === undefined) throw new Error(`${directory} is not sealed`)
  return manifest
}

describeServer('page tracking', () => {
  beforeAll(async () => {
    scene = await makeScene()
    server = await scene.server('donor')
    await scene.useDonor(server)
    await server.sql('CREATE DATABASE shop')
    session = await open()
  })

  afterAll(async () => {
    await session.close()
    await scene[Symbol.asyncDispose]()
  })

  /** Off, and without data of earlier runs. */
  beforeEach(async () => {
    await stopTracking({ session })
    await purgeTracking({ session, upTo: 'max', force: false })
    expect(await groups()).toEqual([])
  })

  it('is off at first, and says so', async () => {
    const status = await pageTrackingStatus({ session })
    expect(status).toEqual({
      active: false,
      since: 0n,
      currentLsn: expect.any(BigInt),
      archiveBytes: expect.any(Number),
    })
    expect(status.currentLsn).toBeGreaterThan(1_000_000n)
  })

  it('starts once, and again does nothing', async () => {
    const first = await startTracking({ session })
    expect(first).toMatchObject({ active: true, started: true, since: await serverStart() })
    await work()
    const second = await startTracking({ session })
    expect(second).toMatchObject({ active: true, started: false, since: first.since })
    expect(second.currentLsn).toBeGreaterThan(first.currentLsn)
    expect(second.archiveBytes).toBeGreaterThan(0)
    expect(await groups()).toEqual([`page_group_${first.since}`])
  })

  it('stays on through a restart of the server', async () => {
    const { since } = await startTracking({ session })
    await session.close()
    await server.restart()
    session = await open()
    expect(await pageTrackingStatus({ session })).toMatchObject({ active: true, since })
  })

  it('stops, and stopping again leaves no empty group behind', async () => {
    const { since } = await startTracking({ session })
    await work()
    const stopped = await stopTracking({ session })
    expect(stopped).toMatchObject({ active: false, since: 0n })
    expect(stopped.stoppedAt).toBeGreaterThan(since)
    expect(await serverStart()).toBe(0n)
    const again = await stopTracking({ session })
    expect(again).toMatchObject({ active: false })
    expect(again).not.toHaveProperty('stoppedAt')
    expect(await groups()).toEqual([`page_group_${since}`])
  })

  it('refuses without the component, and says how to get it', async () => {
    onTestFinished(async () => {
      await server.sql("INSTALL COMPONENT 'file://component_mysqlbackup'")
    })
    await server.sql("UNINSTALL COMPONENT 'file://component_mysqlbackup'")
    await expect(pageTrackingStatus({ session })).rejects.toMatchObject({
      code: 'PREFLIGHT',
      message: expect.stringContaining('component_mysqlbackup is not installed'),
      hint: expect.stringContaining("INSTALL COMPONENT 'file://component_mysqlbackup'"),
    })
  })

  it('refuses an account without BACKUP_ADMIN', async () => {
    await server.sql(
      'CREATE USER reader@localhost; GRANT SELECT ON performance_schema.* TO reader@localhost',
    )
    await using reader = await openSession({ socket: server.socket, user: 'reader' })
    await expect(startTracking({ session: reader })).rejects.toMatchObject({
      code: 'SERVER',
      message: expect.stringContaining('BACKUP_ADMIN'),
    })
  })

  describe('purge', () => {
    it('removes what earlier runs left and leaves the run that is on alone', async () => {
      await startTracking({ session })
      await work()
      await stopTracking({ session })
      await work()
      const { since } = await startTracking({ session })
      await work()
      expect(await groups()).toHaveLength(2)
      const outcome = await purgeTracking({ session, upTo: since, force: false })
      expect(outcome).toMatchObject({ restarted: false, active: true, since })
      expect(outcome.purgedUpTo).toBeLessThanOrEqual(since)
      expect(await groups()).toEqual([`page_group_${since}`])
      const nothing = await purgeTracking({ session, upTo: since, force: false })
      expect(nothing).not.toHaveProperty('purgedUpTo')
    })

    it('keeps tracking off that was off, and removes everything', async () => {
      await startTracking({ session })
      await work()
      const { stoppedAt } = await stopTracking({ session })
      const outcome = await purgeTracking({ session, upTo: 'max', force: false })
      expect(outcome).toMatchObject({ restarted: false, active: false, purgedUpTo: stoppedAt })
      expect(await groups()).toEqual([])
    })

    it('takes the largest LSN, and any above it, for everything', async () => {
      await startTracking({ session })
      await work()
      await stopTracking({ session })
      await purgeTracking({ session, upTo: 9223372036854775807n, force: false })
      expect(await groups()).toEqual([])
      await purgeTracking({ session, upTo: 2n ** 64n - 1n, force: false })
    })

    it('refuses LSN 0, which the server would take for everything', async () => {
      await startTracking({ session })
      await stopTracking({ session })
      const before = await groups()
      await expect(purgeTracking({ session, upTo: 0n, force: true })).rejects.toMatchObject({
        code: 'USAGE',
      })
      expect(await groups()).toEqual(before)
    })

    it('refuses to end the run that is on when no repository tells who needs it', async () => {
      const { since } = await startTracking({ session })
      await expect(purgeTracking({ session, upTo: 'max', force: false })).rejects.toMatchObject({
        code: 'PAGE_TRACK_NEEDED',
        hint: 'name it with --repo, or purge with --force; the next backup must then be a full',
      })
      expect(await serverStart()).toBe(since)
    })

    it('waits for nobody: it refuses while a clone runs, and tracking goes on', async () => {
      const { since } = await startTracking({ session })
      onTestFinished(async () => {
        await server.sql('SET GLOBAL clone_block_ddl = OFF')
      })
      await server.sql('SET GLOBAL clone_block_ddl = ON')
      // The clone waits for the backup lock that this statement holds.
      const slow = server.sql('CREATE TABLE shop.slow AS SELECT SLEEP(3) AS nothing')
      await new Promise((resolve) => setTimeout(resolve, 500))
      const clone = server.sql(`CLONE LOCAL DATA DIRECTORY = '${scene.path('clone')}'`)
      await expect
        .poll(() => server.sql('SELECT STATE FROM performance_schema.clone_status'))
        .toEqual([['In Progress']])
      await expect(purgeTracking({ session, upTo: 'max', force: true })).rejects.toMatchObject({
        code: 'SERVER',
        message: expect.stringMatching(/^session \d+ is cloning into /),
      })
      await Promise.all([slow, clone])
      expect(await serverStart()).toBe(since)
    })
  })

  describe('with a repository', () => {
    let path: string

    beforeEach(async ({ task }) => {
      path = scene.path(`repository-${task.id}`)
    })

    it('tells what the next increment needs, and from where', async () => {
      const full = await backup(path, 'full')
      await work()
      const status = await pageTrackingStatus({ session, layout: await openRepository(path) })
      expect(status).toMatchObject({
        active: true,
        since: BigInt(full.trackedSince ?? 0),
        newestBase: { id: full.id, pageTrackLsn: BigInt(full.pageTrackLsn) },
        neededFrom: BigInt(full.pageTrackLsn),
        nextMustBeFull: false,
      })
    })

    it('says on stopping which base is lost; the next increment is a full', async () => {
      const full = await backup(path, 'full')
      const layout = await openRepository(path)
      await work()
      const stopped = await stopTracking({ session, layout })
      expect(stopped).toMatchObject({
        active: false,
        lostBase: { id: full.id },
        nextMustBeFull: true,
        reason: expect.stringContaining('is off now'),
      })
      expect(stopped).not.toHaveProperty('neededFrom')
      const started = await startTracking({ session, layout })
      expect(started).toMatchObject({ active: true, nextMustBeFull: true })
      expect(started.reason).toContain(`page tracking was restarted at LSN ${started.since}`)
      const next = await backup(path, 'incr')
      expect(next).toMatchObject({ type: 'full', decision: { code: 'TRACKING_CHANGED' } })
    })

    it('refuses to purge what the newest base needs, and changes nothing', async () => {
      const full = await backup(path, 'full')
      const layout = await openRepository(path)
      await work()
      const increment = await backup(path, 'incr')
      expect(increment.base).toBe(full.id)
      await expect(
        purgeTracking({ session, layout, upTo: 'max', force: false }),
      ).rejects.toMatchObject({
        code: 'PAGE_TRACK_NEEDED',
        exitCode: 20,
        message: expect.stringContaining(`an increment on ${increment.id} needs the page tracking`),
        hint: 'purge with --force; the next backup must then be a full',
        details: { base: increment.id, pageTrackLsn: increment.pageTrackLsn },
      })
      const upTo = BigInt(increment.pageTrackLsn) + 1n
      await expect(purgeTracking({ session, layout, upTo, force: false })).rejects.toMatchObject({
        code: 'PAGE_TRACK_NEEDED',
      })
      expect(await serverStart()).toBe(BigInt(full.trackedSince ?? 0))
      expect(await backup(path, 'incr')).toMatchObject({ type: 'increment' })
    })

    it('purges by force: stop, purge, start, and the next backup is a full', async () => {
      const full = await backup(path, 'full')
      const layout = await openRepository(path)
      await work()
      const outcome = await purgeTracking({ session, layout, upTo: 'max', force: true })
      expect(outcome).toMatchObject({
        restarted: true,
        active: true,
        lostBase: { id: full.id, pageTrackLsn: BigInt(full.pageTrackLsn) },
        nextMustBeFull: true,
      })
      expect(outcome.since).toBeGreaterThan(BigInt(full.trackedSince ?? 0))
      expect(outcome.purgedUpTo).toBeLessThanOrEqual(outcome.since)
      expect(await groups()).toEqual([`page_group_${outcome.since}`])
      expect(await backup(path, 'incr')).toMatchObject({ type: 'full' })
      expect(await backup(path, 'incr')).toMatchObject({ type: 'increment' })
    })

    it('purges without force what no base needs any more', async () => {
      await backup(path, 'full')
      const layout = await openRepository(path)
      await work()
      await backup(path, 'full', '--no-page-track')
      await work()
      const outcome = await purgeTracking({ session, layout, upTo: 'max', force: false })
      expect(outcome).toMatchObject({ restarted: true, nextMustBeFull: false })
      expect(outcome).not.toHaveProperty('lostBase')
      expect(await backup(path, 'incr')).toMatchObject({ type: 'increment' })
    })

    it('is mended by start when a purge died between stop and start', async () => {
      const full = await backup(path, 'full')
      const layout = await openRepository(path)
      await work()
      await session.value('SELECT mysqlbackup_page_track_set(0)')
      expect(await pageTrackingStatus({ session, layout })).toMatchObject({
        active: false,
        newestBase: { id: full.id },
        nextMustBeFull: true,
      })
      expect(await startTracking({ session, layout })).toMatchObject({
        started: true,
        active: true,
      })
    })
  })
})
