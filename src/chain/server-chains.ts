// The chains of a repository by the server they were taken from: LSNs, recovery windows and "the last
// full" mean something within one server only.

import type { Engine } from './backup.ts'
import type { Chain, Chains, Member } from './chains.ts'

/** What a repository holds of one server, made by one engine. */
export interface ServerChains extends Chains {
  readonly serverUuid: string
  readonly engine: Engine
}

interface Growing extends ServerChains {
  readonly chains: Chain[]
  readonly orphans: Member[]
}

/** Each server and engine once, in the order of their first backup; orphans go where they came from. */
export const chainsByServer = ({ chains, orphans }: Chains): readonly ServerChains[] => {
  const groups = new Map<string, Growing>()
  const groupOf = ({
    serverUuid,
    engine,
  }: Pick<ServerChains, 'serverUuid' | 'engine'>): Growing => {
    const key = `${serverUuid} ${engine}`
    const group = groups.get(key) ?? { serverUuid, engine, chains: [], orphans: [] }
    groups.set(key, group)
    return group
  }
  for (const chain of chains) groupOf(chain.full).chains.push(chain)
  for (const orphan of orphans) groupOf(orphan.backup).orphans.push(orphan)
  return [...groups.values()].sort((a, b) => firstBegun(a) - firstBegun(b))
}

/** Chains and orphans are oldest first. */
const firstBegun = ({ chains, orphans }: ServerChains): number =>
  Math.min(
    ...[chains[0]?.full, orphans[0]?.backup]
      .filter((backup) => backup !== undefined)
      .map(({ beginTime }) => beginTime.getTime()),
  )
