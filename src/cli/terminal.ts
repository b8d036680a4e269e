// Questions to a person at a terminal. They are written to standard error, because standard output
// may be a file.

import type { ReadStream, WriteStream } from 'node:tty'
import { createInterface } from 'node:readline/promises'
import { ClonectlError } from '../errors.ts'
import type { Terminal } from './io.ts'

type Key = 'enter' | 'cancel' | 'erase' | 'text'

const KEYS: Readonly<Record<string, Key>> = {
  '\r': 'enter',
  '\n': 'enter',
  '\u0003': 'cancel',
  '\u0004': 'enter',
  '\u007F': 'erase',
  '\b': 'erase',
}

/** A terminal made of the two ends of one. */
export const makeTerminal = (input: ReadStream, output: WriteStream): Terminal => ({
  askSecret: (question) => readSecret(input, output, question),
  ask: async (question) => {
    const lines = createInterface({ input, output })
    try {
      return await lines.question(question)
    } finally {
      lines.close()
    }
  },
})

/** Raw mode, because in every other mode the terminal itself shows what is typed. */
const readSecret = (input: ReadStream, output: WriteStream, question: string): Promise<string> =>
  new Promise((resolve, reject) => {
    let secret = ''
    const finish = (settle: () => void): void => {
      input.off('data', onData).setRawMode(false).pause()
      output.write('\n')
      settle()
    }
    const onData = (data: Buffer): void => {
      for (const character of data.toString('utf8')) {
        const key = KEYS[character] ?? 'text'
        if (key === 'cancel') {
          finish(() => reject(cancelled()))
          return
        }
        if (key === 'enter') {
          finish(() => resolve(secret))
          return
        }
        secret = key === 'erase' ? secret.slice(0, -1) : secret + character
      }
    }
    output.write(question)
    input.setRawMode(true).resume().on('data', onData)
  })

const cancelled = (): ClonectlError =>
  new ClonectlError('CANCELLED', 'cancelled while asking for the password', {
    hint: 'nothing was done',
  })
