// Archived binlogs that were lost, cut, changed or put in each other's place: nothing is recovered across them,
// `binlog verify` finds them, and what lies before them stays of use.
import { cp, open, readdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { gtidExecuted } from '../bed/compare.ts'
import { describeServer } from '../bed/describe-server.ts'
import type { Instance } from '../bed/instance.ts'
import { archiveOf, binlogsOf } from './support/binlog-archive.ts'
import { documentOf, failureOf } from './support/run-clonectl.ts'
import { runHere } from './support/run-here.ts'
import { discard, makeScene, type Scene } from './support/scene.ts'
import { asTargetTime, clockOf } from './support/server-state.ts'

let scene: Scene
let archive: string
/** The archive as it was pulled, and another server's. */
let whole: string
let foreign: string
/** Closed binlogs; the backup ends in the first. */
let names: readonly string[]
/** Before the second binlog, and behind all of them. */
let early: string
let late: string
let lastGtid: string

const nameOf = (index: number): string => names[index] ?? ''
const fileOf = (index: number): string => join(archive, nameOf(index))
const entryOf = (index: number): string => `${fileOf(index)}.json`

const editEntry = async (index: number, changes: Readonly<Record<string, unknown>>) => {
  const entry = JSON.parse(await readFile(entryOf(index), 'utf8')) as object
  await writeFile(entryOf(index), JSON.stringify({ ...entry, ...changes }))
}

const exchange = async (one: string, other: string): Promise<void> => {
  await rename(one, `${one}.aside`)
  await rename(other, one)
  await rename(`${one}.aside`, other)
}

/** As if the one had been called by the other's name from the beginning. */
const rename2and3 = async (): Promise<void> => {
  await exchange(fileOf(1), fileOf(2))
  await exchange(entryOf(1), entryOf(2))
  for (const index of [1, 2]) {
    const { stored } = JSON.parse(await readFile(entryOf(index), 'utf8')) as { stored: object }
    await editEntry(index, { name: nameOf(index), stored: { ...stored, path: nameOf(index) } })
  }
}

const putForeign = async (): Promise<void> => {
  const [name = ''] = (await readdir(foreign)).filter((file) => file === nameOf(2))
  await cp(join(foreign, name), fileOf(2))
  await cp(join(foreign, `${name}.json`), entryOf(2))
}

/** Within the last row of its transaction, so that nothing but a checksum tells. */
const changeByte = async (index: number): Promise<void> => {
  const at = (await readFile(fileOf(index))).lastIndexOf('xxx')
  const file = await open(fileOf(index), 'r+')
  await file.write('y', at)
  await file.close()
}

const beginDonor = async (name: string): Promise<Instance> => {
  const donor = await scene.server(name)
  await scene.useDonor(donor)
  await donor.sql(`CREATE DATABASE shop;
    CREATE TABLE shop.log (id INT AUTO_INCREMENT PRIMARY KEY, what TEXT)`)
  return donor
}

/** A binlog with one transaction, which is closed. */
const write = (donor: Instance, number: number): Promise<unknown> =>
  donor.sql(`INSERT INTO shop.log (what) VALUES ('binlog ${number}'), (REPEAT('x', 500));
    FLUSH BINARY LOGS`)

/** A restore on paper. */
const plan = async (...target: readonly string[]) => {
  const place = ['--target-dir', scene.path('planned')]
  const { code, stdout } = await runHere(scene, 'restore', '--plan', '--json', ...target, ...place)
  return { code, ...(JSON.parse(stdout) as object) }
}

/** What `binlog verify` finds, and with which code it ends. */
const verify = async () => {
  const { code, stdout } = await runHere(scene, 'binlog', 'verify', '--json')
  return { code, ...(JSON.parse(stdout) as object) }
}

/** A sentence that names these, in this order. */
const naming = (...parts: readonly string[]): unknown => expect.stringMatching(parts.join('.*'))

interface Damage {
  readonly what: string
  readonly do: () => Promise<unknown>
  /** The binlogs on both sides of the gap. */
  readonly ends: readonly [number, number]
  /** What `binlog verify` finds besides, in the third binlog. */
  readonly problems: readonly string[]
}

const damages: readonly Damage[] = [
  {
    what: 'is missing',
    do: async () => {
      await rm(fileOf(2))
      await rm(entryOf(2))
    },
    ends: [1, 3],
    problems: [],
  },
  { what: 'has lost its file', do: () => rm(fileOf(2)), ends: [1, 3], problems: ['FILE'] },
  { what: 'is cut off', do: () => truncate(fileOf(2), 400), ends: [1, 3], problems: ['FILE'] },
  // By its GTIDs the second is found under the name of the third, and leads on so far.
  { what: 'has changed places with another', do: rename2and3, ends: [2, 3], problems: [] },
  { what: "is another server's", do: putForeign, ends: [1, 3], problems: ['ENTRY'] },
  {
    what: "is another server's that is said to be this one's",
    do: async () => {
      await putForeign()
      await editEntry(2, { serverUuid: lastGtid.split(':')[0] })
    },
    ends: [1, 2],
    problems: [],
  },
  {
    what: 'has an entry that was edited',
    do: () => editEntry(2, { gtids: '' }),
    ends: [2, 3],
    problems: ['FACTS'],
  },
]

const byName = damages.map((damage) => [damage.what, damage] as const)

describeServer('a recovery from an archive of which one binlog', () => {
  beforeAll(async () => {
    scene = await makeScene()
    const other = await beginDonor('other')
    for (let number = 0; number < 4; number += 1) await write(other, number)
    await scene.run('binlog', 'pull')
    foreign = await archiveOf(scene, other)
    const donor = await beginDonor('donor')
    await scene.backup('full')
    for (let number = 0; number < 5; number += 1) {
      if (number === 1) early = asTargetTime(await clockOf(donor))
      await write(donor, number)
    }
    late = asTargetTime(await clockOf(donor))
    await donor.sql("INSERT INTO shop.log (what) VALUES ('the last')")
    lastGtid = (await gtidExecuted(donor)).replace(/:1-/u, ':')
    names = (await binlogsOf(donor)).slice(0, -1)
    await scene.run('binlog', 'pull')
    archive = await archiveOf(scene, donor)
    whole = scene.path('whole')
    await rename(archive, whole)
  })

  afterAll(() => scene[Symbol.asyncDispose]())

  beforeEach(async () => {
    await discard(archive)
    await cp(whole, archive, { recursive: true })
  })

  it('is not damaged reaches its end', async () => {
    expect(await plan('--to-time', late)).toMatchObject({ code: 0, refusals: [], warnings: [] })
    expect(await verify()).toMatchObject({ code: 0, problems: [], gaps: [] })
  })

  it.each(byName)('%s is refused, and both ends are named', async (_, damage) => {
    await damage.do()
    const [after, before] = damage.ends.map(nameOf)
    const gap = naming(
      `between ${after}|${before} does not continue ${after}`,
      `: ${after} ends at`,
      `; ${before} begins at`,
    )
    for (const target of [['--to-time', late], ['--to-gtid', lastGtid], ['--latest']])
      expect(await plan(...target), target.join(' ')).toMatchObject({
        code: 20,
        refusals: [{ code: 'BINLOG_GAP', message: gap }],
      })
    const { problems } = damage
    expect(await verify()).toMatchObject({
      code: problems.length > 0 ? 21 : 20,
      problems: problems.map((code) => ({ code, binlog: nameOf(2) })),
      gaps: expect.arrayContaining([expect.objectContaining({ after, before, message: gap })]),
    })
    expect(await plan('--to-time', early)).toMatchObject({ code: 0, refusals: [] })
  })

  it('has other bytes is refused when it is read, and nothing is left', async () => {
    await changeByte(2)
    const target = scene.path('target')
    const run = await scene.run('restore', '--latest', '--target-dir', target, '--json')
    expect(failureOf(run)).toMatchObject({
      code: 'INTEGRITY',
      exitCode: 21,
      message: naming(fileOf(2), 'sha256', 'expected'),
    })
    expect((await readdir(scene.dir)).filter((name) => name.startsWith('target'))).toEqual([
      'target.clonectl-stage.log',
    ])
    expect(await verify()).toMatchObject({
      code: 21,
      problems: [{ code: 'SHA256', binlog: nameOf(2) }],
      gaps: [],
    })
  })

  it('is missing is of use up to there', async () => {
    await rm(fileOf(2))
    await rm(entryOf(2))
    const target = scene.path('before')
    documentOf(await scene.run('restore', '--to-time', early, '--target-dir', target, '--json'))
    const server = await scene.serverOn(target)
    expect(await server.sql("SELECT what FROM shop.log WHERE what LIKE 'b%' ORDER BY id")).toEqual([
      ['binlog 0'],
    ])
  })
})
