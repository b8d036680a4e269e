// A backup that is killed, and the next one: what must hold in between and afterwards.
import { execFile } from 'node:child_process'
import { utimes } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'vitest'
import type { Instance } from '../../bed/instance.ts'
import { runToDeath, type KillOrder } from './killing.ts'
import { expectRestored, expectSealedWhole, lookAt, namesIn } from './repository-look.ts'
import { documentOf, failureOf } from './run-clonectl.ts'
import { runHere } from './run-here.ts'
import { discard, makeScene, type BackupDocument, type Scene } from './scene.ts'

const run = promisify(execFile)

export interface DeathScene extends AsyncDisposable {
  readonly scene: Scene
  readonly donor: Instance
  /** A repository with a full, older than the donor's last change. */
  readonly base: string
  /** Where the runs that die are at work; removed by dieAndGoOn. */
  readonly repo: string
}

/** A small donor with a full of it. */
export const makeDeathScene = async (): Promise<DeathScene> => {
  const scene = await makeScene()
  const base = scene.path('base')
  const donor = await scene.server('donor')
  await scene.useDonor(donor)
  await donor.sql(
    `CREATE DATABASE shop; CREATE TABLE shop.orders (id INT PRIMARY KEY, note VARCHAR(200));
     INSERT INTO shop.orders VALUES (1, 'before the full')`,
  )
  await scene.backup('full', '--repo', base)
  await donor.sql("INSERT INTO shop.orders VALUES (2, 'after it')")
  return {
    scene,
    donor,
    base,
    repo: scene.path('killed'),
    [Symbol.asyncDispose]: () => scene[Symbol.asyncDispose](),
  }
}

/** Makes `to` a copy of a repository. */
export const copyRepository = async (from: string, to: string): Promise<void> => {
  await discard(to)
  await run('cp', ['--archive', '--reflink=auto', '--no-target-directory', from, to])
}

interface Listing {
  readonly backups: readonly { readonly id: string; readonly state: string }[]
  readonly damaged: readonly unknown[]
  readonly unsealed: readonly { readonly id: string }[]
}

/** What `chain list` tells must be what lies there, and what is sealed must be whole. */
export const expectListed = async ({ scene, repo }: DeathScene): Promise<void> => {
  const look = await lookAt(repo)
  const listed = await runHere(scene, 'chain', 'list', '--json', '--repo', repo)
  if (!(await namesIn(repo)).includes('repository.json')) {
    expect(failureOf(listed).code).toBe('REPOSITORY_MISSING')
    return
  }
  const listing = documentOf(listed) as Listing
  expect(listing.backups.map(({ id, state }) => `${id} ${state}`)).toEqual(
    look.sealed.map((id) => `${id} ok`),
  )
  expect(listing.unsealed.map(({ id }) => id)).toEqual(look.unsealed)
  expect(listing.damaged).toEqual([])
}

/** A run that finds temporary files cannot know at once that nobody is about to rename them. */
const letAnHourPass = async (repo: string): Promise<void> => {
  const hourAgo = new Date(Date.now() - 3_600_000)
  for (const name of (await lookAt(repo)).temporary)
    await utimes(join(repo, name), hourAgo, hourAgo)
}

type Command = 'full' | 'incr'

/** Takes the next backup: it must work, and say and clear what the dead run left. Returns its id and its words. */
const takeNext = async (
  { scene, repo }: DeathScene,
  command: Command,
): Promise<{ readonly id: string; readonly stderr: string }> => {
  const left = await lookAt(repo)
  await letAnHourPass(repo)
  const taken = await runHere(scene, command, '--json', '--repo', repo)
  const next = documentOf(taken) as BackupDocument
  expect(next.base).toBe(command === 'full' ? null : left.sealed.at(-1))
  for (const id of left.unsealed) expect(taken.stderr).toContain(`moved ${id} to the trash`)
  expect(next.cleaned.map((path) => basename(path))).toEqual(left.unsealed)
  for (const name of left.temporary) expect(taken.stderr).toContain(`removed ${name}`)
  if (left.lockPid !== undefined)
    expect(taken.stderr).toContain(`took over the lock of a dead run (pid ${left.lockPid})`)
  expect(await lookAt(repo)).toEqual({
    sealed: [...left.sealed, next.id],
    unsealed: [],
    lockPid: undefined,
    trash: [...left.trash, ...left.unsealed],
    temporary: [],
    others: [],
  })
  return { id: next.id, stderr: taken.stderr }
}

/** Asks a donor for the clones at work in it. */
export const clonesAtWork = `SELECT state FROM performance_schema.clone_status
  WHERE state = 'In Progress';
  SELECT id, info FROM information_schema.processlist WHERE info LIKE 'CLONE%'`

const expectRestorable = async ({ scene, repo }: DeathScene, id: string): Promise<void> => {
  const target = scene.path('restored')
  documentOf(
    await runHere(scene, 'restore', '--json', '--latest', '--repo', repo, '--target-dir', target),
  )
  await expectRestored(target, join(repo, id))
  await discard(target)
}

/** What must hold once a run is dead, and after the next one. Returns what that one said. */
export const goOn = async (at: DeathScene, command: Command): Promise<string> => {
  const { scene, donor, repo } = at
  const { sealed } = await lookAt(repo)
  await expectListed(at)
  const { id, stderr } = await takeNext(at, command)
  expect(await donor.sql(clonesAtWork)).toEqual([])
  await expectListed(at)
  for (const each of [...sealed, id]) await expectSealedWhole(join(repo, each))
  await expectRestorable(at, id)
  expect(await namesIn(scene.tmp)).toEqual([])
  await discard(repo)
  return stderr
}

export interface Death {
  readonly command: Command
  readonly orders: readonly KillOrder[]
  /** Whether the backup is sealed when it dies. */
  readonly seals?: boolean
}

/** Kills a run as ordered, looks at what is left, takes the next backup and restores it. */
export const dieAndGoOn = async (at: DeathScene, death: Death): Promise<void> => {
  const { command, orders, seals = false } = death
  const before = await lookAt(at.repo)
  await runToDeath(at.scene, [command, '--repo', at.repo], orders)
  const { sealed } = await lookAt(at.repo)
  expect(sealed.slice(0, before.sealed.length)).toEqual(before.sealed)
  expect(sealed.length - before.sealed.length).toBe(seals ? 1 : 0)
  await goOn(at, command)
}
