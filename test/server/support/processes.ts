// Which processes there are, by what stands on their command lines.
import { readdirSync, readFileSync } from 'node:fs'

export interface Listed {
  readonly pid: number
  /** Arguments, each followed by a NUL. */
  readonly commandLine: string
}

const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return '' // it has ended meanwhile
  }
}

/** Every process of the machine but this one. */
export const listProcesses = (): readonly Listed[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && name !== String(process.pid))
    .map((name) => ({ pid: Number(name), commandLine: read(`/proc/${name}/cmdline`) }))

/** Processes that name this text, such as a directory, on their command line. */
export const processesNaming = (text: string): readonly Listed[] =>
  listProcesses().filter(({ commandLine }) => commandLine.includes(text))

/** Stops a process where it is (SIGSTOP); resolves when each of its threads stands still. */
export const freeze = async (pid: number): Promise<void> => {
  process.kill(pid, 'SIGSTOP')
  const isStill = (thread: string): boolean =>
    / T (?:\d+ )/.test(read(`/proc/${pid}/task/${thread}/stat`))
  while (!readdirSync(`/proc/${pid}/task`).every(isStill)) await new Promise(setImmediate)
}

/** The environment a process was started with, NUL-separated; empty when it has ended. */
export const environmentOf = (pid: number): string => read(`/proc/${pid}/environ`)
