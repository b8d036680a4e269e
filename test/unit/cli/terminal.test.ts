import { PassThrough } from 'node:stream'
import type { ReadStream, WriteStream } from 'node:tty'
import { describe, expect, it } from 'vitest'
import { makeTerminal } from '../../../src/cli/terminal.ts'

/** The two ends of a terminal, as far as a password prompt uses them. */
const makeEnds = () => {
  const modes: boolean[] = []
  const input = Object.assign(new PassThrough(), {
    setRawMode(raw: boolean) {
      modes.push(raw)
      return input
    },
  })
  const output = new PassThrough()
  const terminal = makeTerminal(input as unknown as ReadStream, output as unknown as WriteStream)
  return { terminal, input, modes, shown: () => String(output.read() ?? '') }
}

describe('a password prompt', () => {
  it('reads a line without showing it', async () => {
    const { terminal, input, modes, shown } = makeEnds()
    const answer = terminal.askSecret('Enter password: ')
    input.write('secr')
    input.write('et\r')
    expect(await answer).toBe('secret')
    expect(shown()).toBe('Enter password: \n')
    expect(modes).toEqual([true, false])
  })

  it('takes back what was erased, and ends at the end of input', async () => {
    const { terminal, input } = makeEnds()
    const answer = terminal.askSecret('')
    input.write('ab\u007F\u007F\u007Fcd\u0004')
    expect(await answer).toBe('cd')
  })

  it('is cancelled by Ctrl-C', async () => {
    const { terminal, input, modes } = makeEnds()
    const answer = terminal.askSecret('')
    input.write('ab\u0003')
    await expect(answer).rejects.toMatchObject({ code: 'CANCELLED' })
    expect(modes).toEqual([true, false])
  })
})

describe('a question', () => {
  it('reads one line', async () => {
    const { terminal, input } = makeEnds()
    const answer = terminal.ask('Sure? [y/N] ')
    input.write('yes\n')
    expect(await answer).toBe('yes')
  })
})
