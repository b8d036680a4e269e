// The real outside world: this process, its streams and its signals.

import { hasSystemCode } from '../errors.ts'
import type { Io, OutputStream, SignalName } from './io.ts'
import { makeTerminal } from './terminal.ts'

const DEFAULT_COLUMNS = 80
const SIGNALS: readonly SignalName[] = ['SIGINT', 'SIGTERM']

/** Makes the Io of this process. Calling it twice is harmless but pointless. */
export const makeProcessIo = (): Io => ({
  stdout: outputOf(process.stdout),
  stderr: outputOf(process.stderr),
  env: takeEnvironment(),
  terminal:
    process.stdin.isTTY && process.stderr.isTTY
      ? makeTerminal(process.stdin, process.stderr)
      : undefined,
  onSignal: (handler) => {
    for (const signal of SIGNALS) process.on(signal, handler)
    return () => {
      for (const signal of SIGNALS) process.off(signal, handler)
    }
  },
  setTitle: (title) => {
    process.title = title
  },
  // The one place where the process is ended: what calls it does not wait for anything.
  exitNow: (code) => process.exit(code),
})

/**
 * The password leaves our own environment: every program we start inherits that, and an instance
 * that is left running would keep it for as long as it lives.
 */
const takeEnvironment = (): Io['env'] => {
  const env = { ...process.env }
  delete process.env['CLONECTL_PASSWORD']
  return env
}

const outputOf = (stream: NodeJS.WriteStream): OutputStream => {
  // Without a listener the reader's going away (EPIPE) would end the process in mid-work. Whoever
  // needs to know that a text did not arrive waits for its own write.
  stream.on('error', () => undefined)
  return {
    // The types promise a boolean, but a stream that is no terminal has no such field.
    isTTY: (stream.isTTY as boolean | undefined) === true,
    get columns() {
      return (stream.columns as number | undefined) ?? DEFAULT_COLUMNS
    },
    write: (text) =>
      new Promise((resolve, reject) => {
        stream.write(text, (error) => {
          if (error && !isReaderGone(error)) reject(error)
          else resolve()
        })
      }),
  }
}

/** `head` that has seen enough, or a terminal that was closed: nobody is there to be told. */
const isReaderGone = (error: Error): boolean =>
  hasSystemCode(error, 'EPIPE') || hasSystemCode(error, 'ERR_STREAM_DESTROYED')
