import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { allCommands } from '../../../src/cli/commands/all.ts'
import { main } from '../../../src/cli/main.ts'
import { sharedOptions } from '../../../src/cli/shared-options.ts'
import type { CommandResult } from '../../../src/cli/command.ts'
import { historyChainsResult } from '../../../src/cli/output/history-chains.ts'
import { historyListResult } from '../../../src/cli/output/history-list.ts'
import { formatDocument } from '../../../src/cli/output/json.ts'
import { buildHistoryChains } from '../../../src/chain/history-chains.ts'
import { fullRow, incrementRow } from '../../fakes/history-rows.ts'
import { problemCodes } from '../../../src/chain/problem.ts'
import { makeFakeIo } from './fake-io.ts'
import { forkedChain, increment, makeRepository, SECOND } from './repository-fixture.ts'

const read = (page: string) =>
  readFileSync(join(import.meta.dirname, '../../../docs', page), 'utf8')
const commands = read('commands.md')
const json = read('json-output.md')

/** The text from a heading to the next one of its rank. */
const section = (page: string, heading: string): string =>
  page.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? ''

describe.each(allCommands.map((command) => [command.name, command] as const))(
  'docs/commands.md on %s',
  (name, { options, positional }) => {
    it('names every option', () => {
      const text = section(commands, `clonectl ${name}`)
      for (const option of Object.keys(options)) expect(text).toContain(`--${option}`)
      if (positional !== undefined) expect(text).toContain(`[${positional.name.toUpperCase()}]`)
    })
  },
)

it('docs/commands.md names every shared option', () => {
  for (const { name } of sharedOptions) expect(commands).toContain(`--${name}`)
})

describe('docs/json-output.md', () => {
  it.each(allCommands.map(({ name }) => name))('has a section for %s', (name) => {
    const headings = [...json.matchAll(/^## (.*)$/gm)].map(([, text = '']) => text.split(/,? /))
    const has = headings.some((words) => name.split(' ').every((word) => words.includes(word)))
    expect(has).toBe(true)
  })

  it.each(['chain list', 'chain show'])('names every field of %s', async (name) => {
    const broken = increment('UTC20261121T093012.345-incr', SECOND, '9999999999999999', '1')
    await using fixture = await makeRepository(...forkedChain, broken)
    const fake = makeFakeIo()
    await main([...name.split(' '), '--json', `--repo=${fixture.layout.root}`], fake.io)
    const fields = new Set([...fake.stdout().matchAll(/"(\w+)":/g)].map(([, field]) => field))
    const text = section(json, 'chain list') + section(json, name)
    const missing = [...fields].filter((field) => !new RegExp(`\\b${field}\\b`).test(text))
    expect(missing.filter((field) => field !== 'schemaVersion')).toEqual([])
  })

  it('names every field of a history and its chains', () => {
    const rows = [fullRow(1), incrementRow(2, 100), incrementRow(3, 100), incrementRow(4, 0)]
    const fieldsOf = ({ document }: CommandResult) =>
      [...formatDocument(document).matchAll(/"(\w+)":/g)].map(([, field = '']) => field)
    const shown = section(json, 'chain list') + section(json, 'chain show')
    const missing = (fields: readonly string[], text: string) =>
      fields.filter((field) => field !== 'schemaVersion' && !text.includes(field))
    expect(missing(fieldsOf(historyListResult(rows)), section(json, 'history'))).toEqual([])
    expect(missing(fieldsOf(historyChainsResult(buildHistoryChains(rows))), shown)).toEqual([])
  })

  it('explains every problem a backup can have', () => {
    const explained = problemCodes.filter((code) => json.includes(`\`${code}\``))
    expect(explained).toEqual(problemCodes)
  })
})
