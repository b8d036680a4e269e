// A test bed that outlives the command that started it: what `testbed stop` and `testbed status`
// need to know about it, in the file bed.json of its directory.
import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Instance, InstanceDocument } from './instance.ts'
import { isRunning, stopProcess, type ProcessHandle } from './process-handle.ts'

export interface Bed {
  readonly document: InstanceDocument
  readonly process: ProcessHandle
}

/** Writes bed.json into the instance's directory. @throws Error when the server is down. */
export const writeBed = async (instance: Instance): Promise<void> => {
  const { dir, document, process } = instance
  if (process === undefined)
    throw new Error(`the server in ${dir} has ended; see ${instance.logFile}`)
  const file = join(dir, 'bed.json')
  const bed: Bed = { document, process }
  await writeFile(`${file}.new`, `${JSON.stringify(bed, undefined, 2)}\n`)
  await rename(`${file}.new`, file)
}

/** Reads bed.json; undefined when the directory has none. Only writeBed makes it, so it is trusted. */
export const readBed = async (dir: string): Promise<Bed | undefined> => {
  const file = join(dir, 'bed.json')
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Bed
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw new Error(`${file} cannot be read`, { cause: error })
  }
}

/** The bed as it is now: `pid` is null when its server is down. */
export const describeBed = (bed: Bed): InstanceDocument & { readonly running: boolean } => {
  const running = isRunning(bed.process)
  return { ...bed.document, pid: running ? bed.process.pid : null, running }
}

/** Stops the bed's server cleanly and waits. @throws Error when that takes over two minutes. */
export const stopBed = (bed: Bed): Promise<void> => stopProcess(bed.process)
