// A world for main: what it writes is kept, and what it is asked is answered from here.
import type { Io, SignalName, Terminal } from '../../../src/cli/io.ts'

export interface FakeIoOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly terminal?: Terminal
  readonly isTTY?: boolean
}

export interface FakeIo {
  readonly io: Io
  stdout(): string
  stderr(): string
  /** Sends a signal, as a user or systemd would. */
  send(signal: SignalName): void
  /** Exit codes of hard stops. */
  readonly stops: readonly number[]
  readonly titles: readonly string[]
}

const keep = (isTTY: boolean) => {
  let text = ''
  const write = async (more: string): Promise<void> => {
    text += more
  }
  return { stream: { write, isTTY, columns: 80 }, text: () => text }
}

/** Reads no option files of the machine it runs on, and finds no programs there. */
export const makeFakeIo = ({ env = {}, terminal, isTTY = false }: FakeIoOptions = {}): FakeIo => {
  const out = keep(isTTY)
  const err = keep(isTTY)
  const handlers = new Set<(signal: SignalName) => void>()
  const stops: number[] = []
  const titles: string[] = []
  const io: Io = {
    stdout: out.stream,
    stderr: err.stream,
    env: { CLONECTL_NO_DEFAULTS: '1', ...env },
    terminal,
    onSignal: (handler) => {
      handlers.add(handler)
      return () => handlers.delete(handler)
    },
    setTitle: (title) => titles.push(title),
    exitNow: (code) => stops.push(code),
  }
  return {
    io,
    stdout: out.text,
    stderr: err.text,
    send: (signal) => {
      for (const handler of handlers) handler(signal)
    },
    stops,
    titles,
  }
}
