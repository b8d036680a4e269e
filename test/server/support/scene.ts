// A donor, a repository, and clonectl told of both by an option file: where the stories are played.
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { findBasedir } from '../../bed/basedir.ts'
import { startInstance, type Instance } from '../../bed/instance.ts'
import { makeScratchDirectory } from '../../bed/scratch-directory.ts'
import type { Manifest } from '../../../src/repository/manifest.ts'
import { processesNaming } from './processes.ts'
import {
  documentOf,
  runClonectl,
  startClonectl,
  type ChildEnvironment,
  type ClonectlRun,
  type RunningClonectl,
} from './run-clonectl.ts'

/** What `full` and `incr` answer, as far as the tests look at it. */
export interface BackupDocument {
  readonly id: string
  readonly type: Manifest['type']
  readonly base: string | null
  readonly decision: Manifest['decision']
  readonly serverUuid: string
  readonly storedBytes: number
  readonly resultBytes: number
  readonly endTime: string
  readonly gtidExecuted: string
  readonly directory: string
  readonly cleaned: readonly string[]
}

/** What `restore` answers, as far as the tests look at it. */
export interface RestoreDocument {
  readonly targetDir: string
  readonly chain: readonly string[]
  readonly files: number
  readonly bytes: number
  readonly gtidExecuted: string | null
  readonly instance: {
    readonly pid: number
    readonly socket: string
    readonly logFile: string
  } | null
}

export interface Scene extends AsyncDisposable {
  /** Everything lies below it; it goes away with the scene. */
  readonly dir: string
  readonly repo: string
  /** TMPDIR of clonectl; nothing may be left in it. */
  readonly tmp: string
  readonly env: ChildEnvironment
  /** The donor's option file: --defaults-file for every run. */
  readonly optionFile: string
  path(name: string): string
  /** Starts a server on a fresh data directory, stopped with the scene. */
  server(name: string, options?: readonly string[]): Promise<Instance>
  /** Starts a server on a restored data directory; events and replication stay off. */
  serverOn(datadir: string, options?: readonly string[]): Promise<Instance>
  /** Names the donor: root over its socket, unless other lines for [client] are given. */
  useDonor(donor: Pick<Instance, 'socket'>, clientLines?: readonly string[]): Promise<void>
  start(...args: readonly string[]): RunningClonectl
  run(...args: readonly string[]): Promise<ClonectlRun>
  backup(...args: readonly string[]): Promise<BackupDocument>
  restore(...args: readonly string[]): Promise<RestoreDocument>
}

const writeOptionFile = async (
  file: string,
  repo: string,
  clientLines: readonly string[],
): Promise<void> => {
  const lines = ['[client]', ...clientLines, '[clonectl]', `repo=${repo}`, '']
  await writeFile(file, lines.join('\n'), { mode: 0o600 })
}

/** `basedir` is where clonectl looks for programs; the bed's own installation without it. */
export const makeScene = async (basedir?: string): Promise<Scene> => {
  const scratch = await makeScratchDirectory()
  const dir = scratch.path
  const path = (name: string): string => join(dir, name)
  const optionFile = path('clonectl.cnf')
  const repo = path('repo')
  const tmp = path('tmp')
  await Promise.all([mkdir(tmp), mkdir(path('home'))])
  const env = {
    HOME: path('home'),
    TMPDIR: tmp,
    CLONECTL_BASEDIR: basedir ?? (await findBasedir()).path,
  }
  const servers: Instance[] = []
  let started = 0
  const withOptionFile = (args: readonly string[]) => [...args, `--defaults-file=${optionFile}`]
  const start = (...args: readonly string[]) => startClonectl(withOptionFile(args), env)
  const run = (...args: readonly string[]) => runClonectl(withOptionFile(args), env)
  const server = async (name: string, options: readonly string[] = []): Promise<Instance> => {
    const instance = await startInstance({ dir: path(name), options })
    servers.push(instance)
    return instance
  }
  return {
    dir,
    repo,
    tmp,
    env,
    optionFile,
    path,
    server,
    serverOn: async (datadir, options = []) => {
      started += 1
      const instance = await startInstance({
        dir: path(`server-${started}`),
        fromDatadir: datadir,
        options: ['event_scheduler=OFF', 'skip_replica_start=ON', ...options],
      })
      servers.push(instance)
      return instance
    },
    useDonor: (donor, clientLines = ['user=root', `socket=${donor.socket}`]) =>
      writeOptionFile(optionFile, repo, clientLines),
    start,
    run,
    // The shapes are docs/json-output.md's; what the tests look at in them they compare.
    backup: async (...args) => documentOf(await run(...args, '--json')) as BackupDocument,
    restore: async (...args) =>
      documentOf(await run('restore', ...args, '--json')) as RestoreDocument,
    [Symbol.asyncDispose]: async () => {
      await Promise.all(servers.map((instance) => instance.kill()))
      // A test that failed may have left an instance running that clonectl started.
      for (const { pid } of processesNaming(`${dir}/`)) process.kill(pid, 'SIGKILL')
      await scratch[Symbol.asyncDispose]()
    },
  }
}

/** Removes a directory a test is done with: data directories are large. */
export const discard = (path: string): Promise<void> => rm(path, { recursive: true, force: true })
