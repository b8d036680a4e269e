import { describe, expect, it } from 'vitest'
import { main } from '../../../src/cli/main.ts'
import { SERVER_UUID } from '../../fakes/backup.ts'
import { makeFakeIo } from './fake-io.ts'

const adopt = async (...argv: readonly string[]) => {
  const fake = makeFakeIo()
  const exitCode = await main(['chain', 'adopt', ...argv, '--repo', '/nowhere/repo'], fake.io)
  return { exitCode, stderr: fake.stderr() }
}

const told = (changes: Readonly<Record<string, string>> = {}) =>
  Object.entries({
    'server-uuid': SERVER_UUID,
    'server-version': '8.0.32-26',
    'lower-case-table-names': '0',
    ...changes,
  }).map(([option, value]) => `--${option}=${value}`)

describe('chain adopt', () => {
  it.each<[string, readonly string[], string]>([
    ['no directory', [], 'clonectl chain adopt needs the directory of a clone'],
    ['nobody to ask', ['/clone'], 'clonectl chain adopt must know whose clone it is'],
    ['half of what must be told', ['/clone', ...told().slice(1)], 'must know whose clone it is'],
    ['no UUID', ['/clone', ...told({ 'server-uuid': 'shop' })], '--server-uuid: expected a UUID'],
    ['no version', ['/clone', ...told({ 'server-version': '8' })], '--server-version: expected a'],
    [
      'no such number',
      ['/clone', ...told({ 'lower-case-table-names': '3' })],
      '--lower-case-table-names: expected a whole number from 0 to 2',
    ],
    [
      'both ways at once',
      ['/clone', '--ask-server', ...told()],
      '--ask-server and --server-uuid exclude each other',
    ],
    ['no clone there', ['/nowhere/clone', ...told()], 'there is no directory /nowhere/clone'],
  ])('ends with 2 when there is %s', async (_what, argv, message) => {
    const { exitCode, stderr } = await adopt(...argv)
    expect(exitCode).toBe(2)
    expect(stderr).toContain(message)
  })
})
