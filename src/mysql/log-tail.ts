// The end of a server's error log, for errors that are about what the server did.
import { open } from 'node:fs/promises'
import { hasSystemCode } from '../errors.ts'

const tailLines = 20
const errorLines = 5
const tailBytes = 64 * 1024

/** Size of a log that may not exist yet, in bytes. */
export const logSize = async (path: string): Promise<number> => {
  try {
    await using file = await open(path)
    return (await file.stat()).size
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT')) return 0
    throw error
  }
}

export interface LogTail {
  /** The last lines, at most 20. */
  readonly lines: string
  /** The first lines marked [ERROR] among the last 64 KiB: with a verbose log, long before the end. */
  readonly errors: readonly string[]
}

const readEnd = async (path: string, fromBytes: number): Promise<string> => {
  try {
    await using file = await open(path)
    const { size } = await file.stat()
    const start = Math.max(fromBytes, size - tailBytes)
    const buffer = Buffer.alloc(Math.max(0, size - start))
    const { bytesRead } = await file.read(buffer, 0, buffer.length, start)
    return buffer.toString('utf8', 0, bytesRead)
  } catch {
    // The failure being explained matters more than its log; the path is in the error as well.
    return ''
  }
}

/** "2026-11-20T10:17:07Z 0 [ERROR] [MY-000067] [Server] unknown variable": from the number on. */
const errorText = (line: string): readonly string[] => {
  const text = /\[ERROR\]\s+(.*)$/u.exec(line)?.[1]
  return text === undefined ? [] : [text]
}

/**
 * Reads the end of what was written after the log had `fromBytes` bytes. Never throws: it is read
 * to explain another failure.
 */
export const readLogTail = async (path: string, fromBytes = 0): Promise<LogTail> => {
  const lines = (await readEnd(path, fromBytes)).trimEnd().split('\n')
  return {
    lines: lines.slice(-tailLines).join('\n'),
    errors: lines.flatMap(errorText).slice(0, errorLines),
  }
}
