// Runs of mysqlbinlog: replaying binlogs into an instance, and copying them from a server.
// Neither program reads option or login files of the machine: what they do must not depend on it.
import { randomInt } from 'node:crypto'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { PipeReader, PipeWriter } from '../system/pipe-tools.ts'
import { runTool } from '../system/run-tool.ts'
import { writeSecretFile } from '../system/secret-file.ts'
import { makePrivateTempDir } from '../system/temp-dir.ts'
import { clientOptionFile } from './client-option-file.ts'
import type { ConnectionOptions } from './connection-options.ts'

export interface BinlogReplay {
  /** Paths of the programs. */
  readonly mysqlbinlog: string
  readonly mysql: string
  /** Paths of the binlogs, in their order; all go through one mysqlbinlog. */
  readonly files: readonly string[]
  /** In the first file. */
  readonly startPosition?: number | bigint | undefined
  /** In the last file: the first event at or after it is not replayed. */
  readonly stopPosition?: number | bigint | undefined
  /** Gets the data of LOAD DATA statements, in files that stay; the client reads such files nowhere else. */
  readonly loadDirectory: string
  /** Transactions to leave out. */
  readonly excludeGtids?: string | undefined
  /** Option file with socket and account of the instance that gets the changes: clientOptionFile. */
  readonly optionFile: string
}

export interface ReplayTools {
  readonly writer: PipeWriter
  readonly reader: PipeReader
}

/**
 * The whole environment of the children. Without HOME there are no personal option and login files;
 * UTC because mysqlbinlog reads and writes times in its local zone.
 */
const cleanEnvironment = { TZ: 'UTC' }

/** A row may have up to 1 GiB, and base64 in a BINLOG statement makes it longer. */
const largestPacket = '--max-allowed-packet=1G'

const option = (name: string, value: string | number | bigint | undefined): readonly string[] =>
  value === undefined ? [] : [`--${name}=${String(value)}`]

/**
 * What to give to pipeTools: mysqlbinlog writes the events of the files as SQL, mysql runs them and
 * stops at the first error.
 */
export const binlogReplayTools = (replay: BinlogReplay): ReplayTools => ({
  writer: {
    file: replay.mysqlbinlog,
    name: 'mysqlbinlog',
    args: [
      '--no-defaults',
      ...option('start-position', replay.startPosition),
      ...option('stop-position', replay.stopPosition),
      ...option('exclude-gtids', replay.excludeGtids),
      ...option('local-load', replay.loadDirectory),
      '--',
      ...replay.files,
    ],
    env: cleanEnvironment,
  },
  reader: {
    file: replay.mysql,
    name: 'mysql',
    args: [
      `--defaults-file=${replay.optionFile}`,
      '--binary-mode',
      largestPacket,
      // A client before 8.0.21 does not know it.
      ...option('loose-load-data-local-dir', replay.loadDirectory),
    ],
    stdout: 'ignore',
    env: cleanEnvironment,
  },
})

export interface BinlogPull {
  readonly mysqlbinlog: string
  /** An account with REPLICATION SLAVE. */
  readonly server: ConnectionOptions
  /** The first to copy, such as "binlog.000012". */
  readonly firstFile: string
  /** Position in it to begin at: the copy is then its format description and what follows. */
  readonly startPosition?: number | undefined
  /** How far: to the end of what there is by default, only the first file, or on and on as it is written. */
  readonly extent?: 'present' | 'file' | 'endless' | undefined
  /** Files of the same name in it are overwritten. */
  readonly targetDir: string
  readonly signal?: AbortSignal | undefined
}

/** Beginning of the name of the directory, in the target directory, that holds the option file. */
const secretPrefix = 'clonectl-'

/**
 * Removes the password of a run that goes on and on, once something has been copied: mysqlbinlog reads
 * its options when it begins.
 */
export const forgetPullSecret = async (targetDir: string): Promise<void> => {
  for (const name of await readdir(targetDir))
    if (name.startsWith(secretPrefix))
      await rm(join(targetDir, name), { recursive: true, force: true })
}

/** The argument by which a mysqlbinlog that copies into this directory is known among all processes. */
export const binlogPullArgument = (targetDir: string): string => `--result-file=${targetDir}/`

/**
 * The server ends a dump when another asks under the same id (kill_zombie_dump_threads): from a range
 * that nobody gives to a server, at random.
 */
const newServerId = (): number => randomInt(4_000_000_000, 2 ** 32 - 1)

const extentOptions = ({ extent = 'present' }: BinlogPull): readonly string[] => {
  if (extent === 'file') return []
  if (extent === 'present') return ['--to-last-log']
  return ['--stop-never', ...option('connection-server-id', newServerId())]
}

/**
 * Copies binlogs byte for byte from a running server; each event is in the file as soon as it has
 * come. The password goes through an option file that is gone afterwards. Throws PROCESS when the
 * server refuses or ends the connection or a file is not there any more, CANCELLED, TOOL_MISSING.
 */
export const pullBinlogs = async (pull: BinlogPull): Promise<void> => {
  // Should this process be killed, the password is removed with the directory, not left in /tmp.
  await using dir = await makePrivateTempDir(secretPrefix, pull.targetDir)
  const optionFile = await writeSecretFile(dir.path, 'client.cnf', clientOptionFile(pull.server))
  await runTool({
    file: pull.mysqlbinlog,
    name: 'mysqlbinlog',
    args: [
      `--defaults-file=${optionFile}`,
      '--read-from-remote-server',
      '--raw',
      ...extentOptions(pull),
      ...option('start-position', pull.startPosition),
      binlogPullArgument(pull.targetDir),
      '--',
      pull.firstFile,
    ],
    stdout: 'ignore',
    env: cleanEnvironment,
    signal: pull.signal,
  })
}
