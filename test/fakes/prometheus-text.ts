// A strict reader of Prometheus' text format 0.0.4, written from its description: it takes nothing that
// Prometheus or node_exporter's textfile collector would refuse, and nothing that promtool would blame.
import { expect } from 'vitest'

export interface ParsedSample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*/
const LABEL = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"/
const VALUE = /^ (NaN|[+-]Inf|[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)$/i

const unescape = (text: string): string =>
  text.replaceAll(/\\(.)/g, (_match, c: string) => (c === 'n' ? '\n' : c))

const parseLabels = (text: string, line: string): readonly [Record<string, string>, string] => {
  if (!text.startsWith('{')) return [{}, text]
  const labels: Record<string, string> = {}
  let rest = text.slice(1)
  while (!rest.startsWith('}')) {
    const [pair, name = '', value = ''] = LABEL.exec(rest) ?? []
    if (pair === undefined) throw new Error(`no label at ${rest} in ${line}`)
    if (name in labels) throw new Error(`label ${name} twice in ${line}`)
    if (name.startsWith('__')) throw new Error(`label ${name} is reserved`)
    labels[name] = unescape(value)
    rest = rest.slice(pair.length)
    if (rest.startsWith(',')) rest = rest.slice(1)
    else if (!rest.startsWith('}')) throw new Error(`no comma at ${rest} in ${line}`)
  }
  return [labels, rest.slice(1)]
}

const parseSample = (line: string): ParsedSample => {
  const name = NAME.exec(line)?.[0]
  if (name === undefined) throw new Error(`no name: ${line}`)
  const [labels, rest] = parseLabels(line.slice(name.length), line)
  // No time stamp: the textfile collector refuses a file with one.
  const value = VALUE.exec(rest)?.[1]
  if (value === undefined) throw new Error(`no value in ${line}`)
  return { name, labels, value: Number(value.replace('Inf', 'Infinity')) }
}

interface Family {
  readonly name: string
  readonly help: string
}

/** Reads all of it, family by family, and throws at the first thing that is not as it should be. */
export const parsePrometheus = (text: string): readonly ParsedSample[] => {
  if (text !== '' && !text.endsWith('\n')) throw new Error('the last line has no line feed')
  const samples: ParsedSample[] = []
  const families = new Map<string, Family>()
  const series = new Set<string>()
  let pending: Family | undefined
  let current = ''
  for (const line of text.split('\n').slice(0, -1)) {
    const help = /^# HELP (\S+) (.+)$/.exec(line)
    const type = /^# TYPE (\S+) (gauge|counter)$/.exec(line)
    if (help !== null) {
      pending = { name: help[1]!, help: help[2]! }
    } else if (type !== null) {
      if (pending === undefined || pending.name !== type[1])
        throw new Error(`TYPE without its HELP before: ${line}`)
      if (families.has(pending.name)) throw new Error(`family ${pending.name} twice`)
      families.set(pending.name, pending)
      current = pending.name
    } else {
      const sample = parseSample(line)
      if (sample.name !== current) throw new Error(`${sample.name} outside of its family`)
      const key = JSON.stringify([sample.name, Object.entries(sample.labels).sort()])
      if (series.has(key)) throw new Error(`series twice: ${line}`)
      series.add(key)
      samples.push(sample)
    }
  }
  for (const name of families.keys())
    if (!samples.some((sample) => sample.name === name)) throw new Error(`${name} has no sample`)
  lint([...families.values()])
  return samples
}

/** What `promtool check metrics` says of names, as far as it applies to gauges. */
const lint = (families: readonly Family[]): void => {
  for (const { name, help } of families) {
    expect(name, 'a gauge is no counter').not.toMatch(/_(?:total|count|sum|bucket)$/)
    expect(name, 'base units').not.toMatch(/_(?:milliseconds|ms|minutes|hours|days|kilobytes|mb)\b/)
    expect(name, 'words in small letters').toMatch(/^[a-z][a-z0-9_]*$/)
    expect(help).toMatch(/\.$/)
  }
}
