// Gives binlogs on the stage to the channel: under the names of its relay logs, with the index by which the server
// finds them. They are links; the server removes them when the channel goes.

import { copyFile, link, truncate, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { giveTo, type Owner } from '../../system/owner.ts'
import { CHANNEL, RELAY_LOG } from './applier-channel.ts'
import type { LogStretch, PlacedLog } from './log-stretch.ts'

/** The server builds the names of a channel's files so (sql/rpl_rli.cc, add_channel_to_relay_log_name). */
const baseName = `${RELAY_LOG}-${CHANNEL}`

/** Names of the relay logs, in their order. The last one ends where the stretch does. */
export const armRelayLogs = async (
  { logs, endPosition }: LogStretch,
  owner: Owner,
): Promise<readonly string[]> => {
  const directory = dirname(logs[0]?.path ?? '')
  const names = logs.map((_, index) => `${baseName}.${String(index + 1).padStart(6, '0')}`)
  for (const [index, log] of logs.entries()) {
    const path = join(directory, names[index] ?? '')
    const isCut = index === logs.length - 1 && log.sizeBytes > endPosition
    if (isCut) await copyBeginning(log, path, endPosition, owner)
    else await link(log.path, path)
  }
  const index = join(directory, `${baseName}.index`)
  await writeFile(index, names.map((name) => `${join(directory, name)}\n`).join(''), {
    mode: 0o640,
  })
  await giveTo(owner, index)
  return names
}

const copyBeginning = async (
  log: PlacedLog,
  path: string,
  endPosition: number,
  owner: Owner,
): Promise<void> => {
  await copyFile(log.path, path)
  await truncate(path, endPosition)
  await giveTo(owner, path)
}
