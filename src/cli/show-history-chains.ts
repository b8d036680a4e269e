// What `chain show --history` does: chains out of an exported history, without server or repository.

import {
  buildHistoryChains,
  type HistoryChains,
  type HistoryMember,
} from '../chain/history-chains.ts'
import { ClonectlError } from '../errors.ts'
import type { CommandResult } from './command.ts'
import type { CommandContext } from './context.ts'
import { historyChainsResult } from './output/history-chains.ts'
import { parseZoneOffset, readHistoryFile } from './read-history-file.ts'

export interface HistoryRequest {
  readonly file: string
  readonly timeZone: string | undefined
  /** Only the chain that holds this row. */
  readonly id: string | undefined
}

export const showHistoryChains = async (
  { reporter }: Pick<CommandContext, 'reporter'>,
  { file, timeZone, id }: HistoryRequest,
): Promise<CommandResult> => {
  const rows = await readHistoryFile(file, parseZoneOffset(timeZone ?? 'UTC'))
  if (timeZone === undefined && rows.length > 0)
    reporter.warn('times in the file are taken as UTC; say otherwise with --history-time-zone')
  const built = buildHistoryChains(rows)
  return historyChainsResult(id === undefined ? built : narrowTo(id, built))
}

/** Only what belongs to one row. `ID:3` means the same as `3`. */
const narrowTo = (reference: string, { chains, orphans }: HistoryChains): HistoryChains => {
  const id = reference.replace(/^ID:/i, '')
  const isIt = ({ row }: HistoryMember): boolean => row.id === id
  const narrow = {
    chains: chains.filter(({ members }) => members.some(isIt)),
    orphans: orphans.filter(isIt),
  }
  if (narrow.chains.length + narrow.orphans.length > 0) return narrow
  throw new ClonectlError('BACKUP_UNKNOWN', `no row of the history has the ID ${id}`, {
    hint: 'leave the ID out to see all rows',
    details: { reference },
  })
}
