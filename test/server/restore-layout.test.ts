// A donor whose system tablespace lies elsewhere. A restored instance must never open that file,
// which is the live one of a running server.
import { readdir, readlink, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { describeServer } from '../bed/describe-server.ts'
import { makeScene } from './support/scene.ts'
import { asTargetTime, clockOf, serverAt } from './support/server-state.ts'

/** Every file a process has open. */
const openFilesOf = async (pid: number): Promise<readonly string[]> => {
  const directory = `/proc/${pid}/fd`
  const links = (await readdir(directory)).map((fd) =>
    // A descriptor may be closed between the two looks.
    readlink(join(directory, fd)).catch(() => ''),
  )
  return Promise.all(links)
}

describeServer('a donor with its system tablespace in another directory', () => {
  it('is restored to a time without its own files being opened', async () => {
    await using scene = await makeScene()
    const donor = await scene.server('donor')
    const elsewhere = scene.path('ibdata1')
    await donor.stop()
    await rename(join(donor.datadir, 'ibdata1'), elsewhere)
    await donor.restart([
      'innodb_data_home_dir=',
      `innodb_data_file_path=${elsewhere}:12M:autoextend`,
    ])
    await scene.useDonor(donor)
    await scene.backup('full')
    await donor.sql(
      'CREATE DATABASE x; CREATE TABLE x.t (a INT PRIMARY KEY); INSERT x.t VALUES (7)',
    )
    await sleep(20)
    const moment = asTargetTime(await clockOf(donor))
    await sleep(20)
    await donor.sql('DROP TABLE x.t')

    const { instance } = await scene.restore(
      ...['--target-dir', scene.path('target'), '--start'],
      ...['--to-time', moment, '--binlog-dir', donor.datadir],
    )
    const open = await openFilesOf(instance?.pid ?? 0)
    expect(open).toContain(scene.path('target/ibdata1'))
    expect(open).not.toContain(elsewhere)
    expect(await serverAt(instance?.socket ?? '').sql('SELECT a FROM x.t')).toEqual([['7']])
  })
})
