// The instance that `clonectl restore --start` leaves running: found by the option file that it was
// started with, as a user would.
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Answering } from '../bed/compare.ts'
import { handleOf, stopProcess } from '../bed/process-handle.ts'
import { runSqlOnce } from '../bed/sql.ts'

export const restoredOptionFile = (target: string): string => join(target, 'clonectl-mysqld.cnf')

const readOption = async (target: string, name: string): Promise<string> => {
  const file = restoredOptionFile(target)
  const text = await readFile(file, 'utf8')
  const value = new RegExp(String.raw`^${name}\s*=\s*(\S.*)$`, 'm').exec(text)?.[1]
  if (value === undefined) throw new Error(`${file} has no ${name}`)
  return value
}

/** Asks the restored instance. */
export const restoredServer = async (target: string): Promise<Answering> => {
  const socket = await readOption(target, 'socket')
  return { sql: (text, login) => runSqlOnce({ socket }, text, login) }
}

/** Stops the restored instance; nothing happens when there is none. */
export const stopRestored = async (target: string): Promise<void> => {
  if (!existsSync(restoredOptionFile(target))) return
  const pidFile = await readOption(target, 'pid_file')
  // mysqld removes it when it ends cleanly.
  if (!existsSync(pidFile)) return
  const handle = handleOf(Number(await readFile(pidFile, 'utf8')))
  if (handle !== undefined) await stopProcess(handle)
}
