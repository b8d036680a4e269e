// GreatSQL's durable page tracker as CLONE sees it: the reset points an increment can start at
// (arch0page.cc). The real server's own tracker runs beside it, for the functions of
// component_mysqlbackup and for its decision whether to attach to the last reset.
import type { Instance } from '../../bed/instance.ts'
import { SqlError } from '../protocol/sql-error.ts'
import type { Tuning } from '../options.ts'

export interface ResetPoint {
  readonly lsn: bigint
  /** Orders reset points and snapshots in time. */
  readonly sequence: number
}

/** Kept in a file: the tracker is durable. */
export interface TrackerState {
  readonly resets: readonly ResetPoint[]
}

export interface Tracker {
  /** Starts tracking or resets it; the LSN from which changes are known. */
  start(): Promise<bigint>
  /** The real server's tracker was started or stopped by a function: takes over what it says. */
  synchronize(): Promise<void>
  /**
   * The reset point an increment from this LSN starts at.
   * @throws SqlError 3803 when tracking is off, 1815 when no point is low enough.
   */
  resetFor(lsn: bigint): Promise<ResetPoint>
  state(): TrackerState
}

const COMPONENT = 'file://component_mysqlbackup'

const numberOf = (rows: readonly (readonly string[])[]): bigint => BigInt(rows[0]?.[0] ?? '0')

/** CLONE needs no component; the emulator needs it, and installs it for a moment where it is not. */
const withComponent = async <T>(server: Instance, use: () => Promise<T>): Promise<T> => {
  const [[installed] = []] = await server.sql(
    `SELECT COUNT(*) FROM mysql.component WHERE component_urn = '${COMPONENT}'`,
  )
  if (installed !== '0') return use()
  await server.sql(`SET sql_log_bin = 0; INSTALL COMPONENT '${COMPONENT}'`)
  try {
    return await use()
  } finally {
    await server.sql(`SET sql_log_bin = 0; UNINSTALL COMPONENT '${COMPONENT}'`)
  }
}

const call = (server: Instance, expression: string): Promise<bigint> =>
  withComponent(server, async () => numberOf(await server.sql(`SELECT ${expression}`)))

const currentLsn = async (server: Instance): Promise<bigint> =>
  numberOf(
    await server.sql(
      "SELECT JSON_EXTRACT(STORAGE_ENGINES, '$.InnoDB.LSN') FROM performance_schema.log_status",
    ),
  )

export interface TrackerNeeds {
  readonly server: Instance
  readonly tuning: Tuning
  /** Numbers events in time. */
  readonly nextSequence: () => number
  /** Called when the reset points have changed. */
  readonly save: () => Promise<void>
}

export const makeTracker = (needs: TrackerNeeds, saved: TrackerState): Tracker => {
  const { server, tuning, nextSequence, save } = needs
  let resets = [...saved.resets]

  const remember = async (lsn: bigint): Promise<bigint> => {
    const known = resets.find((reset) => reset.lsn === lsn)
    if (known === undefined) {
      resets.push({ lsn, sequence: nextSequence() })
      await save()
    }
    return lsn
  }
  /** Points of a run that was stopped are of no use any more. */
  const synchronize = async (): Promise<void> => {
    const begin = await call(server, 'mysqlbackup_page_track_get_start_lsn()')
    const before = resets.length
    resets = begin === 0n ? [] : resets.filter((reset) => reset.lsn >= begin)
    if (begin > 0n && resets.length === 0) await remember(begin)
    else if (resets.length !== before) await save()
  }
  const start = async (): Promise<bigint> => {
    await synchronize()
    const last = resets.at(-1)
    if (tuning.attach === 'always' && last !== undefined) return last.lsn
    const lsn = await call(server, 'mysqlbackup_page_track_set(true)')
    if (tuning.attach !== 'never' || last === undefined) return remember(lsn)
    const current = await currentLsn(server)
    return remember(current > last.lsn ? current : last.lsn)
  }
  return {
    start,
    synchronize,
    resetFor: async (lsn) => {
      await synchronize()
      if (resets.length === 0) {
        throw new SqlError(3803, 'HY000', 'Tracking was not enabled for the LSN range specified')
      }
      const found = resets.findLast((reset) => reset.lsn <= lsn)
      if (found !== undefined) return found
      throw new SqlError(
        1815,
        'HY000',
        "Internal error: page_archiver Can't set postion - No matching reset point.",
      )
    },
    state: () => ({ resets }),
  }
}
