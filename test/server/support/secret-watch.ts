// Looks for a secret where others on the machine could read it, for as long as something runs.
import { lstatSync, readdirSync, readFileSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { environmentOf, listProcesses } from './processes.ts'

export interface SecretWatch {
  /** Stops looking; says where the secret was seen. */
  stop(): readonly string[]
}

export interface Watched {
  readonly secret: string
  /** Where programs put temporary files: one with the secret must be readable by its owner only. */
  readonly tmp: string
  /** Processes that may have it in their environment: those that it was given to. */
  readonly given: readonly number[]
}

const intervalMs = 20

/** Programs of MySQL: those that clonectl starts are among them. */
const isMysqlProgram = (commandLine: string): boolean => /mysql|my_print_defaults/.test(commandLine)

const seenInProcesses = ({ secret, given }: Watched): readonly string[] =>
  listProcesses().flatMap(({ pid, commandLine }) => {
    const name = commandLine.replaceAll('\0', ' ').replaceAll(secret, '<secret>')
    if (commandLine.includes(secret)) return [`arguments: ${name}`]
    const looksInside = isMysqlProgram(commandLine) && !given.includes(pid)
    return looksInside && environmentOf(pid).includes(secret) ? [`environment: ${name}`] : []
  })

const isOpenToOthers = (path: string): boolean => (lstatSync(path).mode & 0o077) !== 0

const seenInFile = (path: string, secret: string): readonly string[] => {
  try {
    const holds = lstatSync(path).isFile() && readFileSync(path).includes(secret)
    return holds && isOpenToOthers(path) && isOpenToOthers(dirname(path)) ? [`file: ${path}`] : []
  } catch {
    return [] // it has gone meanwhile
  }
}

export const watchForSecret = (watched: Watched): SecretWatch => {
  const seen = new Set<string>()
  const look = (): void => {
    for (const place of seenInProcesses(watched)) seen.add(place)
    for (const name of readdirSync(watched.tmp, { recursive: true, encoding: 'utf8' }))
      for (const place of seenInFile(join(watched.tmp, name), watched.secret)) seen.add(place)
  }
  const timer = setInterval(look, intervalMs)
  return {
    stop: () => {
      clearInterval(timer)
      look()
      return [...seen]
    },
  }
}

/** Files below a directory that hold the secret. */
export const filesHolding = async (
  directory: string,
  secret: string,
): Promise<readonly string[]> => {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true })
  const found: string[] = []
  for (const entry of entries.filter((each) => each.isFile())) {
    const path = join(entry.parentPath, entry.name)
    if ((await readFile(path)).includes(secret)) found.push(path)
  }
  return found
}
