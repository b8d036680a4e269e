// ALTER EVENT without a definer gives the event to whoever runs it: the applier takes that from the binlog, and a client
// cannot, because mysqlbinlog does not tell. What a client altered is given to the right account afterwards.

import { quoteName, quoteText } from '../../mysql/sql-text.ts'
import type { Session } from '../../mysql/session.ts'
import type { Reporter } from '../../report/reporter.ts'
import type { TakenOver } from './client-work.ts'
import { REPLAY_USER_PATTERN } from './replay-account.ts'

/** Nothing else about the events changes, not even the time of their last change. Throws SERVER. */
export const giveEventsToTheirDefiners = async (
  session: Session,
  takenOver: readonly TakenOver[],
  reporter: Reporter,
): Promise<void> => {
  const rows = await session.query(
    `SELECT EVENT_SCHEMA, EVENT_NAME, STATUS, CHARACTER_SET_CLIENT, COLLATION_CONNECTION, UNIX_TIMESTAMP(LAST_ALTERED) AS altered
     FROM information_schema.EVENTS WHERE DEFINER REGEXP ?`,
    [`^${REPLAY_USER_PATTERN}@localhost$`],
  )
  for (const row of rows) {
    const [schema, name] = [row['EVENT_SCHEMA'] ?? '', row['EVENT_NAME'] ?? '']
    const by = takenOver.findLast((one) => isSame(one, schema, name))?.by
    if (by === undefined) reporter.warn(`the definer of the event ${schema}.${name} is not known`)
    else await give(session, row, by)
  }
}

/** Names of events have no case; those of schemas may have lost it. */
const isSame = (one: TakenOver, schema: string, name: string): boolean =>
  [one.schema, one.name].join('.').toLowerCase() === [schema, name].join('.').toLowerCase()

const give = async (
  session: Session,
  row: Readonly<Record<string, string | null>>,
  { user, host }: TakenOver['by'],
): Promise<void> => {
  const value = (column: string): string => row[column] ?? ''
  const event = `${quoteName(value('EVENT_SCHEMA'))}.${quoteName(value('EVENT_NAME'))}`
  await session.query('SET timestamp = ?, character_set_client = ?, collation_connection = ?', [
    Number(value('altered')),
    value('CHARACTER_SET_CLIENT'),
    value('COLLATION_CONNECTION'),
  ])
  await session.query(
    `ALTER DEFINER = ${quoteText(user)}@${quoteText(host)} EVENT ${event} ${statusWords(value('STATUS'))}`,
  )
  await session.query('SET NAMES utf8mb4')
  await session.query('SET timestamp = DEFAULT')
}

/** As information_schema tells it, and as ALTER EVENT wants it. */
const statusWords = (status: string): string => {
  if (status === 'ENABLED') return 'ENABLE'
  return status === 'DISABLED' ? 'DISABLE' : 'DISABLE ON SLAVE'
}
