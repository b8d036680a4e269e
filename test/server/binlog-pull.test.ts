// The archive of binlogs against a real server: what is closed is there byte for byte, what is open as far
// as it was written, and whatever dies in between leaves nothing that the next pull does not mend.
import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { pullArchive } from '../../src/binlog/pull.ts'
import type { PullOutcome } from '../../src/binlog/pull-request.ts'
import { openRepository } from '../../src/repository/repository.ts'
import { systemClock } from '../../src/system/clock.ts'
import { describeServer } from '../bed/describe-server.ts'
import type { Instance } from '../bed/instance.ts'
import { recordingReporter } from '../fakes/recording-reporter.ts'
import {
  allSame,
  archiveOf,
  binlogsOf,
  closedOnes,
  expectWhole,
  isCurrent,
  type PullDocument,
} from './support/binlog-archive.ts'
import { killAt, runToDeath } from './support/killing.ts'
import { processesNaming } from './support/processes.ts'
import { documentOf, failureOf } from './support/run-clonectl.ts'
import { runHere } from './support/run-here.ts'
import { makeScene, type Scene } from './support/scene.ts'

const WAIT = { timeout: 20_000, interval: 50 }

let scene: Scene
let donor: Instance
let archive: string

const pull = async (...args: readonly string[]): Promise<PullDocument> =>
  documentOf(await runHere(scene, 'binlog', 'pull', '--json', ...args)) as PullDocument

const refusal = async (...args: readonly string[]) =>
  failureOf(await runHere(scene, 'binlog', 'pull', '--json', ...args))

const write = (text: string): Promise<unknown> =>
  donor.sql(`INSERT INTO shop.log (what) VALUES ('${text}')`)

const rotate = (): Promise<unknown> => donor.sql('FLUSH BINARY LOGS')

describeServer('binlog pull', () => {
  beforeAll(async () => {
    scene = await makeScene()
    donor = await scene.server('donor')
    await scene.useDonor(donor)
    archive = await archiveOf(scene, donor)
    await donor.sql(`CREATE DATABASE shop;
      CREATE TABLE shop.log (id INT AUTO_INCREMENT PRIMARY KEY, what TEXT)`)
  })

  afterAll(() => scene[Symbol.asyncDispose]())

  it('archives closed binlogs byte for byte, and of the open one what there is', async () => {
    await write('one')
    await rotate()
    await donor.sql('SET GLOBAL binlog_checksum = NONE')
    await write('without checksums')
    await donor.sql('SET GLOBAL binlog_checksum = CRC32')
    await write('two')
    const first = await pull()
    const names = await binlogsOf(donor)
    expect(first).toMatchObject({
      directory: archive,
      sealed: { files: 3, first: names[0], last: names[2] },
      tail: { name: names[3] },
      gaps: [],
      setAside: null,
    })
    await expectWhole(archive, donor)
    await write('three')
    expect(await pull()).toMatchObject({ sealed: { files: 0 }, tail: { name: names[3] } })
    await expectWhole(archive, donor)
    await rotate()
    expect(await pull('--compress')).toMatchObject({ sealed: { files: 1, first: names[3] } })
    expect(await readdir(archive)).toContain(`${names[3] ?? ''}.zst`)
    await expectWhole(archive, donor)
  })

  it('follows through rotations and a crash, keeps a second one out, and stops at SIGTERM', async () => {
    const follower = scene.start('binlog', 'pull', '--follow', '--compress', '--json')
    const keepsUp = async () => {
      await expect.poll(() => closedOnes(archive, donor), WAIT).toEqual(await allSame(donor))
      await expect.poll(() => isCurrent(archive, donor, 'incoming'), WAIT).toBe(true)
    }
    await keepsUp()
    await write('followed')
    await rotate()
    await write('followed on')
    await keepsUp()
    expect(
      (await readdir(join(archive, 'incoming'))).filter((name) => !/\.\d+$/.test(name)),
    ).toEqual([])
    const second = await refusal()
    expect(second).toMatchObject({ code: 'LOCKED', exitCode: 11 })
    // A server that is stopped well waits ten seconds for whoever reads its binlogs.
    await donor.kill()
    await donor.restart()
    await write('after the crash')
    await keepsUp()
    follower.child.kill('SIGTERM')
    const ended = documentOf(await follower.ended) as PullDocument
    expect(ended.reconnects).toBe(1)
    expect(ended.sealed.files).toBe(2)
    await expectWhole(archive, donor)
    expect(processesNaming(archive)).toEqual([])
  })

  it('ends what a killed follower left at work, and mends its archive', async () => {
    const follower = scene.start('binlog', 'pull', '--follow')
    await expect.poll(() => isCurrent(archive, donor, 'incoming'), WAIT).toBe(true)
    follower.child.kill('SIGKILL')
    await follower.ended
    expect(processesNaming(`--result-file=${archive}/incoming/`)).toHaveLength(1)
    await write('nobody seals this')
    await rotate()
    await write('nor this')
    await pull()
    expect(processesNaming(archive)).toEqual([])
    await expectWhole(archive, donor)
  })

  it.each([
    ['before', 'rename NAME', []],
    ['after', 'rename NAME', []],
    ['after', 'rename NAME.json', []],
    ['after', 'rename NAME.zst', ['--compress']],
  ] as const)('mends what a pull leaves that is killed %s %s', async (when, point, options) => {
    const name = (await binlogsOf(donor)).at(-1) ?? ''
    await write(`to be sealed ${when} ${point}`)
    await rotate()
    await write('open')
    const order = killAt(point.replace('NAME', name), when)
    await runToDeath(scene, ['binlog', 'pull', ...options], [order])
    await pull()
    await expectWhole(archive, donor)
  })

  it('fetches a short copy once more, and refuses it the second time', async () => {
    const real = join(scene.env['CLONECTL_BASEDIR'] ?? '', 'bin', 'mysqlbinlog')
    const fake = scene.path('bin/mysqlbinlog')
    await mkdir(dirname(fake))
    const cuts = scene.path('cuts')
    // Cuts the binlog that is named last on the command line, as often as there are lines in `cuts`.
    await writeFile(
      fake,
      `#!/bin/sh
${real} "$@" || exit
for name; do :; done
for arg; do case $arg in --start-position*) exit;; --result-file=*) dir=\${arg#*=};; esac; done
[ -s ${cuts} ] || exit 0
sed -i 1d ${cuts}; truncate -s -9 "$dir$name"
`,
    )
    await chmod(fake, 0o755)
    const reporter = recordingReporter()
    const pullWithFake = async (): Promise<PullOutcome> =>
      pullArchive(
        {
          ...{ reporter, clock: systemClock, command: 'test' },
          signal: new AbortController().signal,
          findTool: () => Promise.resolve(fake),
        },
        {
          layout: await openRepository(scene.repo),
          connection: { socket: donor.socket, user: 'root' },
        },
      )
    await rotate()
    await writeFile(cuts, 'once\ntwice\n')
    await expect(pullWithFake()).rejects.toMatchObject({
      code: 'INTEGRITY',
      message: expect.stringMatching(
        /^mysqlbinlog made \d+ bytes of \S+, which has \d+ on the server$/,
      ),
    })
    await writeFile(cuts, 'once\n')
    await pullWithFake()
    expect(reporter.lines.filter((line) => line.endsWith('fetching it once more'))).toHaveLength(2)
    await expectWhole(archive, donor)
  })

  it('goes on after binlogs the server has removed, and names what is lost', async () => {
    await write('the last that was pulled')
    await pull()
    const cut = (await binlogsOf(donor)).at(-1) ?? ''
    await rotate()
    await write('lost')
    await rotate()
    await write('found')
    const [lost = '', next = ''] = (await binlogsOf(donor)).slice(-2)
    await donor.sql(`PURGE BINARY LOGS TO '${next}'`)
    const gone = await pull()
    expect(gone).toMatchObject({
      sealed: { files: 1, first: cut },
      tail: { name: next },
      gaps: [{ after: cut, before: next, missingFiles: { first: lost, last: lost } }],
    })
    expect(gone.gaps[0]?.missingGtids).toMatch(new RegExp(`^${gone.serverUuid}:\\d+$`))
    await expectWhole(archive, donor)
  })

  it('refuses a server that has begun its binlogs anew, until that is allowed', async () => {
    await pull()
    await donor.sql('RESET BINARY LOGS AND GTIDS')
    await write('a new beginning')
    const told = await refusal()
    expect(told).toMatchObject({ code: 'BINLOG_GAP', exitCode: 20 })
    expect(told.hint).toContain('--after-reset')
    const { setAside } = await pull('--after-reset')
    expect(setAside).toMatch(/\.until-\d{8}T\d{6}Z$/)
    expect(await readdir(setAside ?? '')).toContain('binlog.000001.json')
    await expectWhole(archive, donor)
    await rotate()
    await pull()
    // The same names and sizes; binlogs tell their age in seconds.
    await sleep(1000)
    await donor.sql('RESET BINARY LOGS AND GTIDS')
    await write('a new beginning')
    await rotate()
    await expect(refusal()).resolves.toMatchObject({
      code: 'BINLOG_GAP',
      message: expect.stringContaining('is another file on the server'),
    })
    await pull('--after-reset')
    await expectWhole(archive, donor)
  })

  it('keeps the binlogs of another server apart, and refuses them under another name', async () => {
    const other = await scene.server('other')
    const connection = ['--socket', other.socket]
    const { directory } = await pull(...connection)
    expect(directory).not.toBe(archive)
    await expectWhole(directory, other)
    await other.restart(['log_bin=renamed'])
    expect(await refusal(...connection)).toMatchObject({
      code: 'BINLOG_GAP',
      message: 'the server calls its binlogs renamed.*, those archived are called binlog.*',
    })
  })
})
