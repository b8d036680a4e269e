// The same history by either way of replaying: what comes back is what the donor has, to the definer of an event and
// the transaction that was prepared.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeServer } from '../bed/describe-server.ts'
import type { Instance } from '../bed/instance.ts'
import {
  beginRichHistory,
  leftXid,
  playRichHistory,
  type RichHistory,
  unlogged,
  withoutChecksum,
} from './support/rich-history.ts'
import { discard, makeScene, type Scene } from './support/scene.ts'
import { wholeStateOf, type WholeState } from './support/whole-state.ts'

const ways = ['applier', 'mysqlbinlog'] as const
type Way = (typeof ways)[number]

const nepal = ['default_time_zone=+05:45', 'event_scheduler=OFF']
const withoutGtids = ['gtid_mode=OFF', 'enforce_gtid_consistency=OFF', 'event_scheduler=OFF']

/** Restores, and looks at a server on what came back. */
const restored = async <Seen>(
  scene: Scene,
  options: readonly string[],
  args: readonly string[],
  look: (server: Instance) => Promise<Seen>,
): Promise<Seen & { readonly told: string | null }> => {
  const target = scene.path(args.join('').replaceAll(/[^a-z\d]/gu, ''))
  const { gtidExecuted } = await scene.restore(...args, '--target-dir', target)
  const server = await scene.serverOn(target, options)
  const seen = await look(server)
  await server.kill()
  await discard(target)
  return { ...seen, told: gtidExecuted }
}

const comparable = (state: WholeState): WholeState => {
  const { [withoutChecksum]: _, ...checksums } = state.checksums
  return { ...state, checksums }
}

describeServer('a replay of all that a server logs', () => {
  let scene: Scene
  let history: RichHistory
  let expected: WholeState

  beforeAll(async () => {
    scene = await makeScene()
    const donor = await scene.server('donor', [
      ...nepal,
      'max_binlog_size=1M',
      'log_bin_trust_function_creators=ON',
    ])
    await scene.useDonor(donor)
    await beginRichHistory(donor)
    await scene.backup('full')
    history = await playRichHistory(donor)
    const state = comparable(await wholeStateOf(donor))
    expected = { ...state, checksums: { ...state.checksums, [unlogged]: '0' } }
    await scene.run('binlog', 'pull', '--compress')
  })

  afterAll(async () => {
    history.close()
    await scene[Symbol.asyncDispose]()
  })

  const all = (way: Way) =>
    restored(scene, nepal, ['--latest', '--replay', way], async (server) => {
      const state = comparable(await wholeStateOf(server))
      await server.sql(`XA COMMIT ${leftXid}`)
      const rest = await server.sql(`
        SELECT note FROM ways.links WHERE note IN ('left', 'rolled back'); SELECT * FROM ${withoutChecksum}`)
      return { state, rest }
    })

  it('brings everything back by the applier and by mysqlbinlog', async () => {
    const [applier, mysqlbinlog] = await Promise.all(ways.map(all))
    const rest = [['left'], ['{"tags": [1, 2]}']]
    expect(applier).toEqual({ state: expected, rest, told: expected.gtid })
    // mysqlbinlog does not tell who granted, and the server looks at it nowhere.
    const { details, ...state } = mysqlbinlog?.state ?? expected
    const { grantors } = expected.details
    expect({ ...state, details: { ...details, grantors } }).toEqual(expected)
    expect(mysqlbinlog).toMatchObject({ rest, told: expected.gtid })
  })

  it('leaves a transaction out by the applier and by mysqlbinlog', async () => {
    const { accident, afterAccident } = history
    const [uuid = '', last = ''] = afterAccident.split(':')
    const target = ['--to-gtid', afterAccident, '--skip-gtid', accident]
    const both = await Promise.all(
      ways.map((way) =>
        restored(scene, nepal, [...target, '--replay', way], async (server) => ({
          rows: await server.sql('SELECT id FROM ways.orders; SELECT @@global.gtid_executed'),
        })),
      ),
    )
    const gtids = `${uuid}:1-${last}`
    const rows = [['1'], ['2'], ['3'], ['4'], [gtids]]
    expect(both).toEqual(ways.map(() => ({ rows, told: gtids })))
  })
})

describeServer('a replay without GTIDs', () => {
  it('comes to the same by the applier and by mysqlbinlog', async () => {
    await using scene = await makeScene()
    const donor = await scene.server('donor', withoutGtids)
    await scene.useDonor(donor)
    await donor.sql('CREATE DATABASE ways; CREATE TABLE ways.log (what TEXT)')
    await scene.backup('full')
    await donor.sql("INSERT INTO ways.log VALUES ('one'); FLUSH BINARY LOGS")
    await donor.sql('CREATE EVENT ways.e ON SCHEDULE EVERY 1 DAY DO DELETE FROM ways.log')
    await donor.sql(`SET binlog_format = STATEMENT; BEGIN; CREATE TEMPORARY TABLE ways.t SELECT 2 AS n;
      INSERT INTO ways.log SELECT n FROM ways.t; COMMIT; ALTER EVENT ways.e DISABLE;
      INSERT INTO ways.log SELECT n + 1 FROM ways.t`)
    const [[file = '', position = ''] = []] = await donor.sql('SHOW BINARY LOG STATUS')
    const earlier = await wholeStateOf(donor)
    await donor.sql("INSERT INTO ways.log VALUES ('four'); FLUSH BINARY LOGS")
    const latest = await wholeStateOf(donor)
    await scene.run('binlog', 'pull')
    const by = (way: Way, ...target: readonly string[]) =>
      restored(scene, withoutGtids, [...target, '--replay', way], async (server) => ({
        state: await wholeStateOf(server),
      }))
    const all = await Promise.all(
      ways.flatMap((way) => [by(way, '--to-position', `${file}:${position}`), by(way, '--latest')]),
    )
    expect(all.map(({ state }) => state)).toEqual([earlier, latest, earlier, latest])
  })
})
