// Replaying 200,000 row changes against mysqlbinlog | mysql by hand, on the same restored copy.
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { startInstance } from '../test/bed/instance.ts'
import { connect, runSql } from '../test/bed/sql.ts'
import type { Bench, Side } from './bench.ts'
import { changeRows, makeLedger, stateOfLedger } from './change-rows.ts'
import { clear, shell } from './programs.ts'
import { onScene, sceneFacts, type Scene } from './scene.ts'

/** Little besides the rows that are changed, so that copying it does not take long. */
const dataBytes = 64 * 1024 ** 2

const byHand =
  'socket=$1 from=$2; shift 2; ' +
  '"$MYSQLBINLOG" --start-position="$from" "$@" | "$MYSQL" --no-defaults --binary-mode -u root -S "$socket"'

const sameState = (who: string, found: string, expected: string): void => {
  if (found !== expected) throw new Error(`${who}: found ${found}, expected ${expected}`)
}

/** Restores with everything replayed; what counts is the step: from the first binlog to the proof of the last. */
const clonectlSide = (scene: Scene, way: string, good: string): Side => {
  const target = join(scene.directory, `by-${way}`)
  let isProved = false
  let replayed = NaN
  return {
    what: `clonectl restore --latest --replay ${way}: the step "replay", proof included`,
    async run() {
      const options = ['--latest', '--binlog-dir', scene.donor.datadir, '--replay', way]
      const { steps } = await scene.clonectl('restore', ...options, '--target-dir', target)
      replayed = steps.get('replay') ?? NaN
    },
    counted: () => replayed,
    async tidy() {
      if (!isProved) {
        const dir = join(scene.directory, `proof-${way}`)
        await using server = await startInstance({ dir, fromDatadir: target })
        sameState(way, await stateOfLedger(server), good)
        isProved = true
      }
      await clear(target)
    },
  }
}

/** What the manual says, on an instance that clonectl restored and started. */
const handSide = (scene: Scene, good: string): Side => {
  const target = join(scene.directory, 'by-hand')
  let instance = { socket: '', pid: 0 }
  return {
    what: 'mysqlbinlog … | mysql on the started copy, durable as by default; no stop',
    async prepare() {
      const { document } = await scene.clonectl('restore', '--start', '--target-dir', target)
      instance = document['instance'] as typeof instance
    },
    async run() {
      const { file, position } = await endOfClone(instance.socket)
      const names = (await readdir(scene.donor.datadir)).filter((name) =>
        /^binlog\.\d+$/.test(name),
      )
      const needed = names.toSorted().filter((name) => name >= file)
      const paths = needed.map((name) => join(scene.donor.datadir, name))
      const { basedir } = scene.donor
      const programs = `MYSQL=${basedir.mysql} MYSQLBINLOG=${join(basedir.path, 'bin', 'mysqlbinlog')}`
      await shell(`${programs}; ${byHand}`, instance.socket, position, ...paths)
    },
    async tidy() {
      sameState('by hand', await stateOfLedger(instance), good)
      const connection = await connect(instance)
      await runSql(connection, 'SHUTDOWN').catch(() => undefined)
      connection.destroy()
      await shell('while kill -0 "$1" 2>/dev/null; do sleep 0.1; done', String(instance.pid))
      await clear(target)
    },
  }
}

const endOfClone = async (socket: string): Promise<{ file: string; position: string }> => {
  const connection = await connect({ socket })
  const [row = []] = await runSql(
    connection,
    'SELECT binlog_file, binlog_position FROM performance_schema.clone_status',
  )
  connection.destroy()
  return { file: (row[0] ?? '').replace(/^.*\//, ''), position: row[1] ?? '' }
}

export const replay: Bench = {
  name: 'replay',
  about: 'replaying 200,000 row changes by the applier against mysqlbinlog | mysql by hand',
  defaultRuns: 3,
  sized: false,
  prepare: (setup) =>
    onScene(async (scene) => {
      await makeLedger(scene.donor)
      await scene.clonectl('full')
      setup.say('changing 200,000 rows')
      await changeRows(scene.donor)
      const good = await stateOfLedger(scene.donor)
      const facts = await sceneFacts(scene)
      await scene.donor.stop()
      return {
        ours: clonectlSide(scene, 'applier', good),
        rival: handSide(scene, good),
        facts: () => ({ ...facts, 'row changes': 200_000, transactions: 20_180 }),
      }
    })({ ...setup, sizeBytes: dataBytes }),
}
