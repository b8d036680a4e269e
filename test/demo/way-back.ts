// The way back: the binlogs tell which transaction was the accident, and lead to just before it.
import type { Stage } from './stage.ts'

/** Brings the archive of the binlogs up to date. The emulator of GreatSQL hands out no binlogs. */
export const archiveBinlogs = async (stage: Stage): Promise<void> => {
  const { clonectl, toDonor, repo, greatsql } = stage
  if (!greatsql) await clonectl(['binlog', 'pull', '--compress', ...toDonor, '--repo', repo])
}

/** Where the binlogs are looked for, when not in the archive. */
const binlogSource = ({ greatsql, donor }: Stage): readonly string[] =>
  greatsql ? ['--binlog-dir', donor.datadir] : []

/** The transaction that dropped the table, as `binlog find` tells it. */
const findAccident = async (stage: Stage): Promise<string> => {
  const table = ['--table', 'stock.parts', '--type', 'drop']
  const where = [...binlogSource(stage), '--repo', stage.repo]
  const answer = await stage.ask(['binlog', 'find', ...table, ...where])
  const gtid = /--before-gtid (\S+)/.exec(answer)?.[1]
  if (gtid === undefined) throw new Error('clonectl binlog find did not find the DROP TABLE')
  return gtid
}

/** Finds the accident and restores what there was before it; the restored server is left running. */
export const undoAccident = async (stage: Stage): Promise<void> => {
  const { narrator, clonectl, repo, target, greatsql } = stage
  narrator.chapter('What happened?')
  if (!greatsql) narrator.say('What was committed since the last pull is archived, too:')
  await archiveBinlogs(stage)
  narrator.say('Which transaction was it?')
  const gtid = await findAccident(stage)

  narrator.chapter('Back to the moment before')
  const restore = [
    ...['restore', '--repo', repo, '--before-gtid', gtid],
    ...[...binlogSource(stage), '--target-dir', target],
  ]
  narrator.say('First only what it would take:')
  await clonectl([...restore, '--plan'])
  narrator.say('And now for real:')
  await clonectl([...restore, '--start'])
}
