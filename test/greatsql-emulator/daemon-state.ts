// An emulator that outlives the command that started it: what `stop` and `status` need to know, in
// the file emulator.json of its directory.
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isRunning, type ProcessHandle } from '../bed/process-handle.ts'
import type { EmulatorDocument } from './emulator.ts'

export interface DaemonState {
  readonly document: EmulatorDocument
  readonly process: ProcessHandle
}

const fileIn = (dir: string): string => join(dir, 'emulator.json')

export const writeDaemonState = async (dir: string, state: DaemonState): Promise<void> => {
  const file = fileIn(dir)
  await writeFile(`${file}.new`, `${JSON.stringify(state, undefined, 2)}\n`)
  await rename(`${file}.new`, file)
}

/** Undefined when there never was an emulator. Only writeDaemonState makes the file. */
export const readDaemonState = async (dir: string): Promise<DaemonState | undefined> => {
  const text = await readFile(fileIn(dir), 'utf8').catch(() => undefined)
  return text === undefined ? undefined : (JSON.parse(text) as DaemonState)
}

export const forgetDaemonState = (dir: string): Promise<void> => rm(fileIn(dir), { force: true })

/** The emulator as it is now; `pid` is null when it is down. */
export const describeDaemon = ({ document, process }: DaemonState) => {
  const running = isRunning(process)
  return { ...document, pid: running ? process.pid : null, running }
}
