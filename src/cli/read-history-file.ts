// Reads an exported mysql.clone_history for `chain show --history`.

import { readFile, stat } from 'node:fs/promises'
import { parseHistoryText } from '../chain/history-text.ts'
import { ClonectlError } from '../errors.ts'
import { type HistoryRow, historyRowOf } from '../mysql/clone-history.ts'

/** Some 500,000 rows: a file beyond that is another file. */
const LARGEST_BYTES = 256 * 1024 * 1024

/** Throws CONFIG for a file that cannot be read, or holds something else. */
export const readHistoryFile = async (
  file: string,
  offsetMinutes: number,
): Promise<readonly HistoryRow[]> =>
  parseHistoryText(await readText(file), file, offsetMinutes).map(historyRowOf)

const readText = async (file: string): Promise<string> => {
  const text = await attempt(file, async () =>
    (await stat(file)).size > LARGEST_BYTES ? undefined : readFile(file, 'utf8'),
  )
  if (text !== undefined) return text
  throw unreadable(file, `it has more than ${LARGEST_BYTES} bytes`)
}

const attempt = async <Result>(file: string, read: () => Promise<Result>): Promise<Result> => {
  try {
    return await read()
  } catch (cause) {
    throw unreadable(file, cause instanceof Error ? cause.message : String(cause), cause)
  }
}

const unreadable = (file: string, reason: string, cause?: unknown): ClonectlError =>
  new ClonectlError('CONFIG', `--history ${file} cannot be read: ${reason}`, {
    hint: "write it with: mysql --batch -e 'SELECT * FROM mysql.clone_history' > FILE",
    details: { field: 'history', source: '--history', reason, value: file },
    cause,
  })

const ZONE = /^(?:UTC|Z|([+-])(\d{2}):(\d{2}))$/i
const MINUTES_PER_HOUR = 60
/** As far as zones go: the server takes -13:59 to +14:00 (MySQL manual, "Time Zone Variables"). */
const FARTHEST_MINUTES = 14 * MINUTES_PER_HOUR

/** Minutes ahead of UTC, of `+08:00` and the like. Throws USAGE. */
export const parseZoneOffset = (text: string): number => {
  const [whole, sign, hours = '0', minutes = '0'] = ZONE.exec(text) ?? []
  const amount = Number(hours) * MINUTES_PER_HOUR + Number(minutes)
  if (whole !== undefined && Number(minutes) < MINUTES_PER_HOUR && amount <= FARTHEST_MINUTES)
    return sign === '-' ? -amount : amount
  throw new ClonectlError('USAGE', `--history-time-zone ${JSON.stringify(text)} is no offset`, {
    hint: 'give @@time_zone of the session that wrote the file, as --history-time-zone=+08:00',
  })
}
