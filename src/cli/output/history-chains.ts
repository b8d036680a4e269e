// `chain show --history`: the chains of a history, each as a line of IDs.

import type { HistoryChain, HistoryChains, HistoryMember } from '../../chain/history-chains.ts'
import { isBreaking } from '../../chain/problem.ts'
import type { CommandResult } from '../command.ts'
import { alsoOnText, stateOf } from './backup-fields.ts'

/** The chains as a document, in the shape of `chain show`, and as text. */
export const historyChainsResult = ({ chains, orphans }: HistoryChains): CommandResult => ({
  document: {
    chains: chains.map(chainFields),
    orphans: orphans.map(memberFields),
    damaged: [],
    unsealed: [],
  },
  text:
    (chains.flatMap(chainLines).join('') || 'no chains\n') +
    notes([...chains.flatMap(({ members }) => members), ...orphans]),
})

const chainFields = ({ full, members }: HistoryChain): object => ({
  id: full.id,
  // A row tells where its clone came from, but not which server was there.
  serverUuid: null,
  source: full.source,
  engine: 'greatsql',
  full: full.id,
  members: members.map(memberFields),
  recoveryWindow: { from: full.endTime ?? null, to: latestEnd(members) ?? null },
})

const latestEnd = (members: readonly HistoryMember[]): Date | undefined =>
  members.reduce<Date | undefined>(
    (latest, { row: { endTime } }) =>
      latest === undefined || (endTime !== undefined && endTime > latest) ? endTime : latest,
    undefined,
  )

const memberFields = ({ row, type, base, alsoOn, problems }: HistoryMember): object => ({
  id: row.id,
  historyId: row.id,
  type: type ?? null,
  base,
  alsoOn,
  startLsn: row.startLsn,
  pageTrackLsn: row.pageTrackLsn,
  endLsn: row.endLsn,
  beginTime: row.beginTime ?? null,
  endTime: row.endTime ?? null,
  bytes: null,
  compression: null,
  source: row.source,
  destination: row.destination,
  state: stateOf(problems),
  problems,
})

const name = (id: string): string => `ID:${id}`

/** A line for every path from the full to a tip. */
const chainLines = ({ members }: HistoryChain): readonly string[] => {
  const baseOf = new Map(members.map(({ row, base }) => [row.id, base]))
  const bases = new Set(baseOf.values())
  const tips = members.filter(({ row }) => !bases.has(row.id))
  return tips.map(({ row }) => {
    const path: string[] = []
    for (let id: string | undefined = row.id; id !== undefined; id = baseOf.get(id)) path.push(id)
    return `${path.reverse().map(name).join(' ==> ')}\n`
  })
}

const notes = (members: readonly HistoryMember[]): string => {
  const lines = members.flatMap(({ row, alsoOn, problems }) => [
    ...(alsoOn.length === 0
      ? []
      : [`also on   ${name(row.id)}: ${alsoOnText(alsoOn.map(name))}\n`]),
    ...problems.map((problem) => {
      const word = isBreaking(problem) ? 'broken ' : 'warning'
      return `${word}   ${name(row.id)}: ${problem.code} ${problem.message}\n`
    }),
  ])
  return lines.length === 0 ? '' : `\n${lines.join('')}`
}
