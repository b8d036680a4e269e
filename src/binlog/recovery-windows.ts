// Which times a server can be brought back to with its backups and the archive of binlogs. Pure.

import type { Backup, LogPlace } from '../chain/backup.ts'
import type { RecoveryWindow } from '../chain/recovery-window.ts'
import { dateOfMicros } from '../mysql/commit-time.ts'
import { gtidSetUnion } from '../mysql/gtid-set.ts'
import { placeByName, placeOf, placeOfState } from './backup-place.ts'
import type { BinlogArchive, BinlogMember } from './binlog-archive.ts'
import { gtidsAtEnd } from './binlog-gap.ts'
import type { BinlogFacts } from './binlog-facts.ts'
import { runsOf } from './continuity.ts'
import type { Seen } from './seen-file.ts'

/**
 * Every time that can be reached, as intervals in their order that have nothing in common; a backup that no
 * binlog continues is a point. `backups` are the usable ones of one server; `sightings` tell how far
 * servers had come when, so that the binlogs of an idle one reach as far as it was seen.
 */
export const recoveryWindows = (
  backups: readonly Backup[],
  archives: readonly BinlogArchive[],
  sightings: readonly Backup[] = backups,
): readonly RecoveryWindow[] => {
  const scene = archives.map((archive) => ({ archive, stretches: stretchesOf(archive, sightings) }))
  const intervals = backups.map((backup): RecoveryWindow => {
    const reaches = legsOf(backup, scene).flatMap(({ stretch, place }) =>
      stretch.reaches.slice(place - stretch.first).filter((time) => time !== undefined),
    )
    return { from: backup.endTime, to: latest([backup.endTime, ...reaches]) }
  })
  return united(intervals)
}

interface ArchiveScene {
  readonly archive: BinlogArchive
  readonly stretches: readonly Stretch[]
}

/** Binlogs that are replayed one after the other, from `place` to the end of their stretch. */
interface Leg {
  readonly stretch: Stretch
  readonly place: number
}

/** Those that continue the backup itself, then those of servers that went on from there. */
const legsOf = (backup: Backup, scene: readonly ArchiveScene[]): readonly Leg[] => {
  const legs = scene.flatMap(({ archive, stretches }) => legAt(stretches, placeOf(archive, backup)))
  const executed = backup.before?.gtidExecuted ?? ''
  for (const { stretch } of executed === '' ? [] : legs) {
    const reached = gtidSetUnion(executed, stretch.gtidsAtEnd)
    for (const { archive, stretches } of scene) {
      const next = legAt(stretches, placeOfState(archive, reached))
      // The list grows while it is walked, until nothing leads further.
      legs.push(...next.filter((leg) => legs.every((known) => known.stretch !== leg.stretch)))
    }
  }
  return legs
}

/** None when nothing begins there. */
const legAt = (stretches: readonly Stretch[], place: number | undefined): Leg[] =>
  place === undefined
    ? []
    : stretches
        .filter(({ first, reaches }) => first <= place && place < first + reaches.length)
        .map((stretch) => ({ stretch, place }))

const latest = (times: readonly Date[]): Date =>
  times.reduce((one, other) => (other > one ? other : one))

/** A run of an archive with what is known of its times. */
interface Stretch {
  /** Index in the archive of its first binlog. */
  readonly first: number
  readonly gtidsAtEnd: string
  /** By its members: up to when everything is known that happened on the server. */
  readonly reaches: readonly (Date | undefined)[]
}

const stretchesOf = (archive: BinlogArchive, backups: readonly Backup[]): readonly Stretch[] => {
  const seen = sightingsIn(archive, backups)
  let first = 0
  return runsOf(archive).map(({ members }) => {
    const begin = first
    first += members.length
    const reaches = members.map((member, index) => {
      const times = [...ownTime(member), ...(seen.get(begin + index) ?? [])]
      return times.length === 0 ? undefined : latest(times)
    })
    const end = members.at(-1)?.facts
    return { first: begin, gtidsAtEnd: end === undefined ? '' : gtidsAtEnd(end), reaches }
  })
}

/** Where nothing was committed, a session may have set any time; it was written before it was sealed. */
const ownTime = ({ facts, sealed }: BinlogMember): readonly Date[] => {
  const { lastTimeMicros, transactions } = facts
  if (lastTimeMicros === null) return []
  const time = dateOfMicros(BigInt(lastTimeMicros))
  const isSet = transactions === 0 && sealed !== undefined && time > new Date(sealed.sealedAt)
  return isSet ? [] : [time]
}

/** When the server was seen at a place that is in the archive, by the index of the binlog. */
const sightingsIn = (
  archive: BinlogArchive,
  backups: readonly Backup[],
): ReadonlyMap<number, readonly Date[]> => {
  const seen = new Map<number, Date[]>()
  const places = backups
    .filter(({ serverUuid }) => serverUuid === archive.serverUuid)
    .flatMap(({ before, after }) => [before, after])
    .filter((place) => place !== undefined)
  const note = (index: number, at: Date): void => {
    seen.set(index, [...(seen.get(index) ?? []), at])
  }
  for (const place of places) {
    const index = sightingAt(archive, place)
    if (index !== undefined) note(index, place.at)
  }
  const own = archive.members.findIndex(({ facts }) => isSeenIn(facts, archive.seen))
  if (archive.seen !== undefined && own >= 0) note(own, archive.seen.at)
  return seen
}

/** Whether a puller saw the server at a place in this binlog, which is there that far. */
const isSeenIn = ({ name, sizeBytes }: BinlogFacts, seen: Seen | undefined): boolean =>
  name === seen?.name && sizeBytes >= seen.sizeBytes

const sightingAt = (archive: BinlogArchive, place: LogPlace): number | undefined => {
  const index = placeByName(archive, place)
  const facts = index === undefined ? undefined : archive.members[index]?.facts
  return facts !== undefined && place.binlogPosition <= facts.sizeBytes ? index : undefined
}

/** What overlaps or touches becomes one. */
const united = (intervals: readonly RecoveryWindow[]): readonly RecoveryWindow[] => {
  const windows: RecoveryWindow[] = []
  for (const next of intervals.toSorted((a, b) => a.from.getTime() - b.from.getTime())) {
    const last = windows.at(-1)
    if (last === undefined || next.from > last.to) windows.push(next)
    else if (next.to > last.to) windows.splice(-1, 1, { from: last.from, to: next.to })
  }
  return windows
}
