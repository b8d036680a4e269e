// The whole walk, as the manual takes it by hand: a full and two increments of a busy server, plain
// and compressed; every state restored in every way; a time; and the page-tracking data removed.
import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import { gtidExecuted, tableChecksums, treeDigest } from '../../bed/compare.ts'
import { describeServer } from '../../bed/describe-server.ts'
import { loadTables, startWriters, type Writers } from '../../bed/load.ts'
import { afterLastBackup, beforeFirstIncrement, beforeSecondIncrement } from '../../demo/changes.ts'
import { stock } from '../../demo/stock.ts'
import { withoutCompressedRows } from '../../demo/without-compressed-rows.ts'
import type { Change } from '../../demo/change.ts'
import { failureOf } from '../support/run-clonectl.ts'
import { type BackupDocument, discard } from '../support/scene.ts'
import { asTargetTime, clockOf } from '../support/server-state.ts'
import { makeReference, type Reference, type State } from './reference.ts'
import { useGreatSql } from './scene.ts'

const codecs = ['none', 'zstd', 'lz4'] as const
type Codec = (typeof codecs)[number]

/** These rows are not in the binlog, and the same every time. */
const unlogged = { bytes: 2_000_000, tables: 2 }

describeServer('the walk', () => {
  const stage = useGreatSql()
  const chains = new Map<Codec, BackupDocument[]>()
  /** Between two transactions after the last backup. */
  let target: { readonly time: string; readonly state: State; readonly gtids: string }

  const repo = (codec: Codec): string => stage.scene.path(`repo-${codec}`)
  const change = async (changes: readonly Change[]): Promise<void> => {
    for (const { sql } of withoutCompressedRows(changes)) await stage.server.sql(sql)
  }
  const takeAll = async (type: 'full' | 'incr'): Promise<void> => {
    for (const codec of codecs) {
      const compress = codec === 'none' ? [] : ['--compress', codec]
      const taken = await stage.scene.backup(type, '--repo', repo(codec), ...compress)
      chains.set(codec, [...(chains.get(codec) ?? []), taken])
    }
  }
  const letThemWrite = async (writers: Writers): Promise<void> => {
    const goal = writers.committed() + 60
    while (writers.committed() < goal) await sleep(20)
  }

  beforeAll(async () => {
    const { server } = stage
    await loadTables(server, unlogged)
    await change(stock)
    const writers = await startWriters(server, 2)
    await letThemWrite(writers)
    await takeAll('full')
    await change(beforeFirstIncrement)
    await letThemWrite(writers)
    await takeAll('incr')
    await change(beforeSecondIncrement)
    await letThemWrite(writers)
    await takeAll('incr')
    await change(afterLastBackup)
    await writers.stop()
    const [state, gtids] = [await tableChecksums(server), await gtidExecuted(server)]
    target = { time: asTargetTime(await clockOf(server)), state, gtids }
    await server.sql('DROP TABLE stock.parts; DELETE FROM shop.orders_1')
  })

  describe.each(codecs)('with compression %s', (codec) => {
    let reference: Reference
    beforeAll(async () => {
      const server = await stage.scene.server(`reference-${codec}`, [
        // It is thrown away, and replays thousands of transactions.
        'sync_binlog=0',
        'innodb_flush_log_at_trx_commit=0',
      ])
      await loadTables(server, unlogged)
      reference = makeReference(server, stage.server)
    })

    /** What a restored directory holds, when a server is started on it, and what it should. */
    const proves = async (datadir: string): Promise<void> => {
      const restored = await stage.scene.serverOn(datadir)
      const gtids = await gtidExecuted(restored)
      const found = await tableChecksums(restored)
      await restored.stop()
      expect(found).toEqual(await reference.stateAt(gtids))
      await discard(datadir)
    }

    const restore = async (name: string, ...args: readonly string[]): Promise<string> => {
      const target = stage.scene.path(`${name}-${codec}`)
      await stage.scene.restore('--repo', repo(codec), '--target-dir', target, ...args)
      return target
    }
    const idOf = (index: number): string => chains.get(codec)?.[index]?.id ?? ''

    it.each([
      [0, 'the full alone'],
      [1, '3 ==> 4'],
    ])('backup %d comes back as %s', async (index) => {
      await proves(await restore(`server-${index}`, '--backup', idOf(index)))
    })

    it('backup 2 comes back as 3 ==> 4 ==> 5, the same by mysqld and by clonectl', async () => {
      const args = ['--backup', idOf(2)]
      const byServer = await restore('server-2', ...args, '--apply', 'mysqld')
      const native = await restore('native-2', ...args, '--apply', 'native')
      expect(await treeDigest(native)).toEqual(await treeDigest(byServer))
      await discard(native)
      await proves(byServer)
    })

    it('without 4, 5 comes back on 3 where it can, and else 3 does', async () => {
      const [full = '', , tip = ''] = (chains.get(codec) ?? []).map(({ id }) => id)
      const fits = (await alsoOn(tip)).includes(full)
      const lost = chains.get(codec)?.[1]?.directory ?? ''
      await rename(lost, join(stage.scene.dir, `lost-${codec}`))
      const target = stage.scene.path(`skipping-${codec}`)
      const { chain } = await stage.scene.restore('--repo', repo(codec), '--target-dir', target)
      await rename(join(stage.scene.dir, `lost-${codec}`), lost)
      expect(chain).toEqual(fits ? [full, tip] : [full])
      await proves(target)
    })

    const alsoOn = async (id: string): Promise<readonly string[]> => {
      const { stdout } = await stage.scene.run('chain', 'show', '--json', '--repo', repo(codec))
      const shown = JSON.parse(stdout) as {
        chains: { members: { id: string; alsoOn: string[] }[] }[]
      }
      return shown.chains[0]?.members.find((member) => member.id === id)?.alsoOn ?? []
    }

    it('comes back as it was at a time', async () => {
      const toTime = ['--to-time', target.time, '--binlog-dir', stage.server.datadir]
      const datadir = await restore('time', ...toTime)
      const restored = await stage.scene.serverOn(datadir)
      expect(await gtidExecuted(restored)).toBe(target.gtids)
      expect(await tableChecksums(restored)).toEqual(target.state)
      await restored.stop()
      await discard(datadir)
    })
  })

  it('ends with page-tracking data that is removed, and the next increment is a full', async () => {
    const { scene } = stage
    const where = ['--repo', repo('none')]
    const purge = ['page-track', 'purge', '--up-to', 'max', '--yes', ...where]
    expect(failureOf(await scene.run(...purge, '--json'))).toMatchObject({
      code: 'PAGE_TRACK_NEEDED',
      exitCode: 20,
    })
    expect(await scene.run(...purge, '--force')).toMatchObject({ code: 0 })
    const next = await scene.backup('incr', ...where)
    expect(next).toMatchObject({ type: 'full', decision: { code: 'TRACKING_CHANGED' } })
  })
})
