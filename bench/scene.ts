// A server with a known amount of data, a repository beside it, and clonectl.
import { join } from 'node:path'
import { runClonectl } from '../test/bed/clonectl.ts'
import { startInstance, type Instance } from '../test/bed/instance.ts'
import { loadTables, type LoadResult } from '../test/bed/load.ts'
import { makeScratchDirectory } from '../test/bed/scratch-directory.ts'
import type { Prepared, Setup, Sides } from './bench.ts'
import { run } from './programs.ts'
import { readSteps, type Steps } from './steps.ts'

export interface ClonectlResult {
  readonly document: Readonly<Record<string, unknown>>
  readonly steps: Steps
}

export interface Scene extends LoadResult, AsyncDisposable {
  readonly donor: Instance
  /** A place for whatever else is made. */
  readonly directory: string
  readonly repo: string
  /** Runs a command, such as `chain verify`, on the donor and the repository. @throws Error when it fails. */
  clonectl(command: string, ...args: readonly string[]): Promise<ClonectlResult>
  /** The statement a user would send for a full, sent by the program `mysql`. */
  cloneLocal(directory: string): Promise<void>
}

/** Starts the server in `dir` and fills it; nothing is left to be written when it returns. */
const startFilled = async (dir: string, setup: Setup): Promise<readonly [Instance, LoadResult]> => {
  const { sizeBytes, say, signal } = setup
  const donor = await startInstance({ dir, report: say })
  // Statements fail with the server.
  signal.addEventListener('abort', () => void donor.stop().catch(() => undefined))
  try {
    say(`filling a server with ${Math.round(sizeBytes / 1024 ** 2)} MiB in ${dir}`)
    const loaded = await loadTables(donor, { bytes: sizeBytes })
    await donor.sql('SELECT innodb_redo_log_sharp_checkpoint()')
    signal.throwIfAborted()
    return [donor, loaded]
  } catch (error) {
    await donor.stop()
    throw error
  }
}

/** Sets the scene in a temporary directory; disposing stops the server and removes everything. */
const setScene = async (setup: Setup): Promise<Scene> => {
  const { path: directory, [Symbol.asyncDispose]: removeAll } = await makeScratchDirectory()
  const [donor, loaded] = await startFilled(join(directory, 'donor'), setup).catch(
    async (error: unknown) => {
      await removeAll()
      throw error
    },
  )
  const repo = join(directory, 'repo')
  const optionFile = `--defaults-file=${join(donor.dir, 'my.cnf')}`
  return {
    ...loaded,
    donor,
    directory,
    repo,
    async clonectl(command, ...more) {
      const story = ['--json', '--log-format', 'ndjson', '--no-progress']
      const args = [
        ...command.split(' '),
        optionFile,
        '--basedir',
        donor.basedir.path,
        '--repo',
        repo,
      ]
      const ran = await runClonectl({
        args: [...args, ...story, ...more],
        show: false,
        signal: setup.signal,
      })
      if (ran.exitCode !== 0) throw new Error(`clonectl ${command} failed:\n${ran.stderr}`)
      return {
        document: JSON.parse(ran.stdout) as Readonly<Record<string, unknown>>,
        steps: readSteps(ran.stderr, ran.milliseconds),
      }
    },
    cloneLocal: (target) =>
      run(donor.basedir.mysql, optionFile, '-e', `CLONE LOCAL DATA DIRECTORY = '${target}'`),
    async [Symbol.asyncDispose]() {
      await donor.stop()
      await removeAll()
    },
  }
}

/** Makes a bench's `prepare` out of what it does on a scene. */
export const onScene =
  (prepare: (scene: Scene, setup: Setup) => Promise<Sides>) =>
  async (setup: Setup): Promise<Prepared> => {
    const scene = await setScene(setup)
    try {
      const sides = await prepare(scene, setup)
      return { ...sides, [Symbol.asyncDispose]: () => scene[Symbol.asyncDispose]() }
    } catch (error) {
      await scene[Symbol.asyncDispose]()
      throw error
    }
  }

/** What the figures depend on besides the machine. */
export const sceneFacts = async ({ donor }: Scene): Promise<Record<string, string>> => {
  const [row] = await donor.sql('SELECT VERSION(), @@innodb_flush_method')
  return { server: row?.[0] ?? '', innodb_flush_method: row?.[1] ?? '' }
}
