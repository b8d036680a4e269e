import { rm } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { main } from '../../../src/cli/main.ts'
import { mergeResult } from '../../../src/cli/output/merge-result.ts'
import { makeFakeIo } from './fake-io.ts'
import {
  FIRST,
  forkedChain,
  FULL,
  increment,
  makeManifest,
  makeRepository,
} from './repository-fixture.ts'

const MERGED = FIRST.replace('incr', 'full')
const mergedFrom = { tip: FIRST, chain: [FULL, FIRST] }
const merged = makeManifest({
  ...{ id: MERGED, type: 'full', base: null, startLsn: '0', endLsn: '3000', mergedFrom },
  decision: { asked: 'full', code: 'MERGED', reason: `merged from 2 backups, ${FULL} to ${FIRST}` },
})

const run = async (...argv: readonly string[]) => {
  const fake = makeFakeIo()
  const exitCode = await main(['chain', ...argv], fake.io)
  return { exitCode, stdout: fake.stdout(), stderr: fake.stderr() }
}

describe('chain merge', () => {
  it('tells of the full and of what it was made of', () => {
    const outcome = {
      ...{ manifest: merged, chain: mergedFrom.chain, cleaned: [], directory: `/repo/${MERGED}` },
    }
    const { document, text } = mergeResult(outcome, 1234)
    expect(document).toMatchObject({
      ...{ id: MERGED, type: 'full', base: null, mergedFrom, directory: `/repo/${MERGED}` },
      ...{ cleaned: [], durationMs: 1234, startLsn: '0', endLsn: '3000' },
      decision: { code: 'MERGED' },
    })
    expect(text.split('\n')).toEqual([
      `backup:     ${MERGED}`,
      'type:       full',
      'LSN:        0 to 3000',
      'consistent: 2026-11-20T10:30:48.000Z',
      'stored:     10.0 MiB of 10.0 MiB (100.0 %)',
      `directory:  /repo/${MERGED}`,
      'took:       1.2 s',
      `made of:    ${FULL} ==> ${FIRST}`,
      '',
    ])
  })

  it.each<[string, readonly string[], number, string]>([
    ['no such backup', ['merge', 'UTC2027'], 20, 'BACKUP_UNKNOWN'],
    ['a full', ['merge', FULL], 21, 'INTEGRITY'],
    ['two codecs', ['merge', '--compress', '--keep-codec'], 2, 'exclude each other'],
    ['an unknown codec', ['merge', '--compress=gzip'], 2, 'zstd, lz4'],
  ])('ends with the code for %s', async (_, argv, code, message) => {
    await using fixture = await makeRepository(...forkedChain)
    const { exitCode, stderr } = await run(...argv, '--repo', fixture.layout.root)
    expect(stderr).toContain(message)
    expect(exitCode).toBe(code)
  })
})

it('chain show tells what a merged full stands for, and what else sits where', async () => {
  const later = 'UTC20261120T110000.000-incr'
  await using fixture = await makeRepository(
    ...forkedChain,
    merged,
    increment(later, FIRST, '3000', '4000'),
  )
  const { stdout } = await run('show', MERGED, '--repo', fixture.layout.root)
  expect(stdout).toContain(`\nmerged, in place of ${FIRST}\n`)
  expect(stdout).toContain(`\n${MERGED} ==> ${later}\n`)
  expect(stdout).toContain(`\nalso on   ${later}: ${FIRST}\n`)
  expect(stdout).not.toContain('warning')
  for (const command of ['show', 'list']) {
    const json = await run(command, '--json', '--repo', fixture.layout.root)
    expect(json.stdout).toContain(`"standsFor": "${FIRST}"`)
    expect(json.stdout).toContain(`"recordedBase": "${FIRST}"`)
  }
  for (const id of mergedFrom.chain)
    await rm(fixture.layout.backup(id).directory, { recursive: true })
  const without = await run('show', later, '--repo', fixture.layout.root)
  expect(without.stdout).toContain(`\n${MERGED} ==> ${later}\n`)
  expect(without.stdout).not.toMatch(/warning|also on/)
})
