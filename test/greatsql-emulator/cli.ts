// npm run emulator: an emulated GreatSQL server to try clonectl on. One JSON document on standard
// output, everything else on standard error; exit 2 when the command line is wrong.
import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { parseSize } from '../bed/parse-size.ts'
import { stopProcess } from '../bed/process-handle.ts'
import {
  describeDaemon,
  forgetDaemonState,
  readDaemonState,
  type DaemonState,
} from './daemon-state.ts'
import type { DaemonRequest } from './daemon.ts'
import { releaseOf } from './server/release.ts'

const usage = `usage: npm run emulator -- start --dir D [--port P] [--version V] [--basedir B] [--size 60M]
       npm run emulator -- stop|status --dir D

  start   starts a server that speaks GreatSQL's CLONE, with a real MySQL server behind it;
          a stopped one in D is started again with its data
  stop    stops it cleanly          status  says whether it runs
  --dir       the emulator's directory      --port     TCP port on 127.0.0.1 (a free one)
  --version   8.0.32-27, 8.0.32-26, 8.4.4-4 --basedir  what @@basedir says instead of D/basedir
  --size      fills tables in the database shop of a new server`

class UsageError extends Error {}

const say = (line: string): void => {
  process.stderr.write(`${line}\n`)
}

const readPort = (text: string | undefined): { port?: number } => {
  if (text === undefined) return {}
  const port = Number(text)
  if (/^\d+$/.test(text) && port >= 1 && port <= 65_535) return { port }
  throw new UsageError(`--port ${text}: a number from 1 to 65535 is expected`)
}

const readSize = (text: string | undefined): { sizeBytes?: number } => {
  if (text === undefined) return {}
  const sizeBytes = parseSize(text)
  if (sizeBytes !== undefined) return { sizeBytes }
  throw new UsageError(`--size ${text}: a size such as 60M is expected`)
}

const readVersion = (version: string | undefined): { version?: string } => {
  if (version === undefined) return {}
  try {
    return { version: releaseOf(version).version }
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

const readArguments = (argv: readonly string[]) => {
  const string = { type: 'string' } as const
  const options = { dir: string, port: string, version: string, basedir: string, size: string }
  try {
    return parseArgs({ args: [...argv], allowPositionals: true, options })
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

interface Request {
  readonly action: string
  readonly start: DaemonRequest
}

const parseRequest = (argv: readonly string[]): Request => {
  const { positionals, values } = readArguments(argv)
  const [action = ''] = positionals
  if (positionals.length !== 1 || !['start', 'stop', 'status'].includes(action)) {
    throw new UsageError('one of start, stop and status is expected')
  }
  const { dir, basedir, ...others } = values
  if (dir === undefined || dir === '') throw new UsageError('--dir is missing')
  if (action !== 'start' && Object.keys(values).length > 1) {
    throw new UsageError(`only start takes more than --dir, not ${action}`)
  }
  const start: DaemonRequest = {
    dir: resolve(dir),
    ...(basedir !== undefined && { basedir: resolve(basedir) }),
    ...readPort(others.port),
    ...readVersion(others.version),
    ...readSize(others.size),
  }
  return { action, start }
}

/** Waits until the daemon has said where it listens, or has ended. */
const waitForDaemon = async (
  dir: string,
  ended: () => boolean,
  logFile: string,
): Promise<DaemonState> => {
  for (;;) {
    const state = await readDaemonState(dir)
    if (state) return state
    if (ended()) {
      const log = await readFile(logFile, 'utf8')
      throw new Error(
        `the emulator did not start:\n${log.trimEnd().split('\n').slice(-12).join('\n')}`,
      )
    }
    await sleep(50)
  }
}

const start = async (request: DaemonRequest): Promise<unknown> => {
  const { dir } = request
  const before = await readDaemonState(dir)
  if (before && describeDaemon(before).running) {
    throw new Error(`an emulator runs in ${dir} already`)
  }
  await mkdir(dir, { recursive: true })
  await forgetDaemonState(dir)
  // A stopped emulator keeps its port and its version, as a server would.
  const { document } = before ?? {}
  const kept = document && { port: document.port, version: document.version }
  const logFile = join(dir, 'emulator.log')
  const log = openSync(logFile, 'w', 0o640)
  const daemon = fileURLToPath(new URL('daemon.ts', import.meta.url))
  const argument = JSON.stringify({ ...kept, ...request })
  const child = spawn(process.execPath, ['--import', 'tsx', daemon, argument], {
    detached: true,
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  let ended = false
  child.once('exit', () => (ended = true))
  const state = await waitForDaemon(dir, () => ended, logFile)
  child.unref()
  return describeDaemon(state)
}

const answer = async ({ action, start: request }: Request): Promise<unknown> => {
  if (action === 'start') return start(request)
  const state = await readDaemonState(request.dir)
  if (state === undefined) throw new Error(`no emulator in ${request.dir}: it has no emulator.json`)
  if (action === 'stop') await stopProcess(state.process)
  return describeDaemon(state)
}

const main = async (argv: readonly string[]): Promise<number> => {
  try {
    const document = await answer(parseRequest(argv))
    process.stdout.write(`${JSON.stringify(document, undefined, 2)}\n`)
    return 0
  } catch (error) {
    say(`emulator: ${error instanceof Error ? error.message : String(error)}`)
    if (!(error instanceof UsageError)) return 1
    say(usage)
    return 2
  }
}

process.exitCode = await main(process.argv.slice(2))
