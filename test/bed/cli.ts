// npm run testbed: a real MySQL server to try clonectl on. One JSON document on standard output,
// everything else on standard error; exit 2 when the command line is wrong.
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { describeBed, readBed, stopBed, writeBed, type Bed } from './bed-state.ts'
import { startInstance, type Instance } from './instance.ts'
import { loadTables } from './load.ts'
import { parseSize } from './parse-size.ts'

const usage = `usage: npm run testbed -- start --dir D [--port P] [--size 300M]
       npm run testbed -- stop|status --dir D

  start   starts a server with binlog, GTID, the clone plugin and component_mysqlbackup;
          a stopped one in D is started again with its data
  stop    stops it cleanly          status  says whether it runs
  --dir   the server's directory    --port  TCP port on 127.0.0.1 (a free one)
  --size  fills tables in the database shop, such as 300M or 2G`

class UsageError extends Error {}

interface Request {
  readonly action: string
  readonly dir: string
  readonly port: number | undefined
  readonly sizeBytes: number | undefined
}

const say = (line: string): void => {
  process.stderr.write(`${line}\n`)
}

const parsePort = (text: string): number => {
  const port = Number(text)
  if (/^\d+$/.test(text) && port >= 1 && port <= 65535) return port
  throw new UsageError(`--port ${text}: a number from 1 to 65535 is expected`)
}

const readSize = (text: string): number => {
  const bytes = parseSize(text)
  if (bytes !== undefined) return bytes
  throw new UsageError(`--size ${text}: a size such as 300M is expected`)
}

const readArguments = (argv: readonly string[]) => {
  const string = { type: 'string' } as const
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: { dir: string, port: string, size: string },
    })
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

const parseRequest = (argv: readonly string[]): Request => {
  const { positionals, values } = readArguments(argv)
  const [action = ''] = positionals
  if (positionals.length !== 1 || !['start', 'stop', 'status'].includes(action)) {
    throw new UsageError('one of start, stop and status is expected')
  }
  if (values.dir === undefined || values.dir === '') throw new UsageError('--dir is missing')
  if (action !== 'start' && (values.port ?? values.size) !== undefined) {
    throw new UsageError(`--port and --size belong to start, not to ${action}`)
  }
  return {
    action,
    dir: resolve(values.dir),
    port: values.port === undefined ? undefined : parsePort(values.port),
    sizeBytes: values.size === undefined ? undefined : readSize(values.size),
  }
}

/** Starts a bed again, on the data and the port it had. */
const startAgain = (bed: Bed, { dir, port, sizeBytes }: Request): Promise<Instance> => {
  if (describeBed(bed).running) throw new Error(`a server runs in ${dir} already`)
  if (sizeBytes !== undefined)
    throw new Error(`--size fills a new server, and ${dir} holds an old one`)
  const { datadir, port: oldPort } = bed.document
  return startInstance({ dir, fromDatadir: datadir, port: port ?? oldPort, detached: true })
}

const startNew = ({ dir, port }: Request): Promise<Instance> => {
  const place = port === undefined ? { dir } : { dir, port }
  return startInstance({ ...place, detached: true, report: say })
}

const start = async (request: Request): Promise<unknown> => {
  const { dir, sizeBytes } = request
  const bed = await readBed(dir)
  const instance = bed ? await startAgain(bed, request) : await startNew(request)
  // Before the tables are filled, so that `stop` finds the server whatever happens meanwhile.
  await writeBed(instance)
  if (sizeBytes !== undefined) {
    say(`filling tables with ${Math.round(sizeBytes / 1024 ** 2)} MiB`)
    await loadTables(instance, { bytes: sizeBytes })
  }
  return instance.document
}

const answer = async (request: Request): Promise<unknown> => {
  if (request.action === 'start') return start(request)
  const bed = await readBed(request.dir)
  if (bed === undefined) throw new Error(`no test bed in ${request.dir}: it has no bed.json`)
  if (request.action === 'stop') await stopBed(bed)
  return describeBed(bed)
}

const main = async (argv: readonly string[]): Promise<number> => {
  try {
    const document = await answer(parseRequest(argv))
    process.stdout.write(`${JSON.stringify(document, undefined, 2)}\n`)
    return 0
  } catch (error) {
    say(`testbed: ${error instanceof Error ? error.message : String(error)}`)
    if (!(error instanceof UsageError)) return 1
    say(usage)
    return 2
  }
}

process.exitCode = await main(process.argv.slice(2))
