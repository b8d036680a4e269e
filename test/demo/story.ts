// The story: backups of a busy server and its binlogs, an accident, and the way back to the moment before.
import { setTimeout as sleep } from 'node:timers/promises'
import { startWriters, type Writers } from '../bed/load.ts'
import { makeChanges, type Change } from './change.ts'
import {
  accident,
  afterLastBackup,
  beforeFirstIncrement,
  beforeSecondIncrement,
} from './changes.ts'
import { restoredServer } from './restored.ts'
import type { Stage } from './stage.ts'
import { archiveBinlogs, undoAccident } from './way-back.ts'
import { withoutCompressedRows } from './without-compressed-rows.ts'
import { differences, readState, type State } from './state.ts'

const writerCount = 2
/** Enough that each backup has something to do, and over in a moment. */
const transactionsBetween = 150

/** Waits until the writers have committed some more transactions. */
const letThemWrite = async ({ signal }: Stage, writers: Writers): Promise<void> => {
  const goal = writers.committed() + transactionsBetween
  while (writers.committed() < goal) await sleep(20, undefined, { signal })
}

const changeThings = async (
  stage: Stage,
  writers: Writers,
  changes: readonly Change[],
): Promise<void> => {
  await makeChanges(stage.donor, stage.narrator, fitting(stage, changes))
  await letThemWrite(stage, writers)
  stage.narrator.say(`(the writers have committed ${writers.committed()} transactions by now)`)
}

const fitting = ({ greatsql }: Stage, changes: readonly Change[]): readonly Change[] =>
  greatsql ? withoutCompressedRows(changes) : changes

const takeBackups = async (stage: Stage, writers: Writers): Promise<void> => {
  const { narrator, repo, toDonor } = stage
  narrator.chapter('A full backup')
  narrator.say(`${writerCount} clients write to the server all the while.`)
  await letThemWrite(stage, writers)
  const zstd = stage.greatsql ? ['--compress'] : []
  await stage.clonectl(['full', ...zstd, ...toDonor, '--repo', repo])

  narrator.chapter('Things change, and an increment')
  await changeThings(stage, writers, beforeFirstIncrement)
  const lz4 = stage.greatsql ? ['--compress=lz4'] : []
  await stage.clonectl(['incr', ...lz4, ...toDonor, '--repo', repo])

  narrator.chapter('More changes, and another increment')
  await changeThings(stage, writers, beforeSecondIncrement)
  await stage.clonectl(['incr', ...toDonor, '--repo', repo, '--label', 'before the weekend'])

  narrator.chapter('Changes that are in no backup, only in the binlogs')
  await changeThings(stage, writers, afterLastBackup)
  await archiveBinlogs(stage)
}

/** Nobody writes during this, nor until the accident, so that the state is the one just before it. */
const remember = async ({ donor, narrator }: Stage): Promise<State> => {
  const state = await narrator.timed('The writers pause. Every table is read', () =>
    readState(donor),
  )
  narrator.say(`Good state: ${state.checksums.size} tables, GTIDs ${state.gtids}`)
  return state
}

const haveAccident = async (stage: Stage, good: State): Promise<void> => {
  const { donor, narrator } = stage
  narrator.chapter('The accident')
  narrator.say('While they pause, somebody runs:')
  await makeChanges(donor, narrator, accident)
  {
    await using writers = await startWriters(donor, writerCount)
    await letThemWrite(stage, writers)
    narrator.say('and the writers go on.')
  }
  const damage = differences(good, await readState(donor))
  narrator.say('So the donor is no longer what it was in the good state:')
  for (const line of damage) narrator.say(`  ${line}`)
}

const compareWithGoodState = async (
  { narrator, target }: Stage,
  state: State,
): Promise<readonly string[]> => {
  narrator.chapter('Is it the same?')
  const restored = await restoredServer(target)
  const found = await narrator.timed('Every table of the restored server is read', () =>
    readState(restored),
  )
  for (const [table, checksum] of found.checksums) {
    const word = state.checksums.get(table) === checksum ? 'as it was' : 'DIFFERS'
    narrator.say(`  ${table.padEnd(20)} checksum ${checksum.padEnd(10)}  ${word}`)
  }
  narrator.say(
    `  GTID set ${found.gtids}  ${found.gtids === state.gtids ? 'as it was' : 'DIFFERS'}`,
  )
  return differences(state, found)
}

const keepHouse = async (stage: Stage): Promise<void> => {
  const { narrator, clonectl, repo, toDonor } = stage
  narrator.chapter('What there is, and housekeeping')
  await clonectl(['chain', 'show', '--repo', repo])
  if (stage.greatsql) await clonectl(['history', ...toDonor])
  await clonectl(['page-track', 'status', ...toDonor, '--repo', repo])
  narrator.say('The page-tracking data is still needed; purging it is refused (exit code 20):')
  const purge = ['page-track', 'purge', '--up-to', 'max', '--yes', ...toDonor, '--repo', repo]
  await clonectl(purge, 20)
  narrator.say('With --force it is done, at a price:')
  await clonectl([...purge, '--force'])
}

/** Plays everything; returns what differs from the good state after the restore. */
export const playStory = async (stage: Stage): Promise<readonly string[]> => {
  {
    await using writers = await startWriters(stage.donor, writerCount)
    await takeBackups(stage, writers)
  }
  const good = await remember(stage)
  await haveAccident(stage, good)
  await undoAccident(stage)
  const wrong = await compareWithGoodState(stage, good)
  await keepHouse(stage)
  return wrong
}
