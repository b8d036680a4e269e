// mysqlbackup_page_track_set(): the real component does it, and the emulator's tracker learns of it.
import type { Client } from '../protocol/conversation.ts'
import type { GreatSql } from './greatsql.ts'

/**
 * Calls the function with the client's rights and returns its value. @throws SqlError as the real
 * server says (1227, or 1305 without the component).
 */
export const trackSet = async (
  emulated: GreatSql,
  client: Client,
  argument: string,
): Promise<bigint> => {
  const { error, rows } = await client.ask(
    `SELECT mysqlbackup_page_track_set(${argument}), (${argument}) <> 0`,
  )
  if (error !== undefined) throw error
  const [[value, starts] = []] = rows
  const { tracker } = emulated.donor
  if (starts === '1' && Number(value) > 0) return tracker.start()
  await tracker.synchronize()
  return BigInt(value ?? 0)
}
