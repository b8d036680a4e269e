// The server's error log: lines of the traditional format, filtered by log_error_verbosity
// (log_sink_trad in MySQL's sql/server_component/log_builtins.cc).
import { openSync, writeSync } from 'node:fs'

export type Level = 'System' | 'ERROR' | 'Warning' | 'Note'

export interface LogLine {
  readonly level: Level
  /** MY-010116: the digits. */
  readonly code: string
  readonly text: string
  /** `InnoDB` without it. */
  readonly subsystem?: 'Server' | 'InnoDB'
}

export interface ErrorLog {
  (line: LogLine): void
  /** Text without time or level, as a crash writes it. */
  raw(text: string): void
  /** InnoDB starts up in thread 1, what is before that happens in thread 0. */
  enterThread(thread: number): void
}

/** Verbosity from which a level is written; System messages always are. */
const verbosityOf: Readonly<Record<Level, number>> = { System: 0, ERROR: 1, Warning: 2, Note: 3 }

/** UTC with microseconds, which Date does not have. */
const timestamp = (): string => {
  const micros = Math.floor((performance.timeOrigin + performance.now()) * 1000)
  const whole = new Date(micros / 1000).toISOString().slice(0, -1)
  return `${whole}${String(micros % 1000).padStart(3, '0')}Z`
}

/** Whoever reads standard error can have made it non-blocking, and be slow. */
const writeAll = (fd: number, bytes: Buffer): void => {
  for (let at = 0; at < bytes.length;) {
    try {
      at += writeSync(fd, bytes, at)
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error
    }
  }
}

/** Lines go to standard error, or to the end of a file. */
export const openErrorLog = (verbosity: number, file: string | undefined): ErrorLog => {
  const fd = file === undefined ? 2 : openSync(file, 'a', 0o640)
  let thread = 0
  const put = (text: string): void => {
    writeAll(fd, Buffer.from(text))
  }
  const log = ({ level, code, text, subsystem = 'InnoDB' }: LogLine): void => {
    if (verbosity < verbosityOf[level]) return
    put(`${timestamp()} ${thread} [${level}] [MY-${code}] [${subsystem}] ${text}\n`)
  }
  return Object.assign(log, {
    raw: (text: string) => {
      put(`${text}\n`)
    },
    enterThread: (number: number) => {
      thread = number
    },
  })
}
