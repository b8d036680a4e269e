// Sets of GTIDs in MySQL's text form, "uuid:1-5:7,uuid:tag:1-3".
// Grammar: MySQL manual, "GTID Format and Storage"; tags exist since 8.3.
import { ClonectlError } from '../errors.ts'

/** A range of transaction numbers, both ends included. */
interface Interval {
  readonly first: bigint
  readonly last: bigint
}

/** Intervals by "uuid" or "uuid:tag", in lower case; in order, disjoint and not adjacent. */
export type GtidSet = ReadonlyMap<string, readonly Interval[]>

const uuidPattern = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/u
const tagPattern = /^[a-z_][a-z0-9_]{0,31}$/u
const intervalPattern = /^(\d{1,19})(?:-(\d{1,19}))?$/u

const refuse = (text: string, part: string): ClonectlError =>
  new ClonectlError('CONFIG', `"${part}" in the GTID set "${text}" is not understood`, {
    hint: 'Write sets as 3e11fa47-71ca-11e1-9e33-c80aa9429562:1-5:7, several of them with commas.',
    details: { text, part },
  })

/** An empty interval such as 5-3 is legal and holds nothing. */
const parseInterval = (text: string): readonly Interval[] | undefined => {
  const [, from, to] = intervalPattern.exec(text) ?? []
  if (from === undefined) return undefined
  const interval = { first: BigInt(from), last: BigInt(to ?? from) }
  if (interval.first === 0n) return undefined
  return interval.last < interval.first ? [] : [interval]
}

const merge = (intervals: readonly Interval[]): readonly Interval[] => {
  const merged: Interval[] = []
  const inOrder = intervals.toSorted((a, b) => (a.first < b.first ? -1 : 1))
  for (const next of inOrder) {
    const previous = merged.at(-1)
    if (previous === undefined || next.first > previous.last + 1n) merged.push(next)
    else if (next.last > previous.last) merged.splice(-1, 1, { ...previous, last: next.last })
  }
  return merged
}

/** One "uuid:1-5:tag:7" as pairs of key and interval; an interval belongs to the tag before it. */
const parseGroup = (group: string, text: string): readonly (readonly [string, Interval])[] => {
  const [uuid = '', ...parts] = group.split(':').map((part) => part.trim())
  if (!uuidPattern.test(uuid) || parts.length === 0) throw refuse(text, group)
  let key = uuid
  return parts.flatMap((part) => {
    const intervals = parseInterval(part)
    if (intervals !== undefined) return intervals.map((interval) => [key, interval] as const)
    if (!tagPattern.test(part)) throw refuse(text, part)
    key = `${uuid}:${part}`
    return []
  })
}

/** Reads a set; white space and repetitions do not matter, '' is the empty set. Throws CONFIG. */
export const parseGtidSet = (text: string): GtidSet => {
  const intervals = new Map<string, Interval[]>()
  for (const group of text.toLowerCase().split(',')) {
    if (group.trim() === '') continue
    for (const [key, interval] of parseGroup(group.trim(), text)) {
      const held = intervals.get(key)
      if (held === undefined) intervals.set(key, [interval])
      else held.push(interval)
    }
  }
  return new Map([...intervals].map(([key, found]) => [key, merge(found)]))
}

const intervalText = ({ first, last }: Interval): string =>
  first === last ? String(first) : `${String(first)}-${String(last)}`

/** Writes a set as the server does, in one line: UUIDs in order, each tag behind its UUID. */
export const formatGtidSet = (set: GtidSet): string => {
  const groups = new Map<string, string>()
  for (const [key, intervals] of [...set].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const [uuid = '', tag] = key.split(':')
    const text = [...(tag === undefined ? [] : [tag]), ...intervals.map(intervalText)].join(':')
    if (intervals.length > 0) groups.set(uuid, `${groups.get(uuid) ?? uuid}:${text}`)
  }
  return [...groups.values()].join(',')
}

/** The same set in the one form that can be compared as text. Throws CONFIG. */
export const normaliseGtidSet = (text: string): string => formatGtidSet(parseGtidSet(text))

/** Whether two texts name the same GTIDs. Throws CONFIG. */
export const gtidSetEquals = (one: string, other: string): boolean =>
  normaliseGtidSet(one) === normaliseGtidSet(other)

/** What remains of an interval when other intervals, in order, are cut out of it. */
const cut = (interval: Interval, holes: readonly Interval[]): readonly Interval[] => {
  let first = interval.first
  const rest: Interval[] = []
  for (const hole of holes) {
    if (hole.last < first || hole.first > interval.last) continue
    if (hole.first > first) rest.push({ first, last: hole.first - 1n })
    first = hole.last + 1n
  }
  return first > interval.last ? rest : [...rest, { first, last: interval.last }]
}

/** The GTIDs of the first set that are not in the second, in normal form. Throws CONFIG. */
export const gtidSetSubtract = (from: string, what: string): string => {
  const removed = parseGtidSet(what)
  const left = [...parseGtidSet(from)].map(
    ([key, intervals]) =>
      [key, intervals.flatMap((interval) => cut(interval, removed.get(key) ?? []))] as const,
  )
  return formatGtidSet(new Map(left))
}

/** The GTIDs of all these sets, in normal form. Throws CONFIG. */
export const gtidSetUnion = (...sets: readonly string[]): string => normaliseGtidSet(sets.join(','))

/** Whether every GTID of the inner set is in the outer one. Throws CONFIG. */
export const gtidSetContains = (outer: string, inner: string): boolean =>
  gtidSetSubtract(inner, outer) === ''

/** Whether any GTID is in both. Throws CONFIG. */
export const gtidSetIntersects = (one: string, other: string): boolean =>
  gtidSetSubtract(one, other) !== normaliseGtidSet(one)

/** Every GTID of a set by itself, in order. Throws CONFIG. */
export function* gtidsOf(text: string): Generator<string> {
  for (const [key, intervals] of parseGtidSet(text))
    for (const { first, last } of intervals)
      for (let number = first; number <= last; number += 1n) yield `${key}:${String(number)}`
}
