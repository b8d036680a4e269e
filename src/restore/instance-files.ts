// The files around a private mysqld: its option file, socket, log and pid file.

import { remove } from 'fs-extra/esm'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { ServerSettings } from '../repository/server-file.ts'
import { giveTo, type Owner, runAs } from '../system/owner.ts'
import { donorValues, renderTemplate } from './option-file.ts'

/** sun_path holds 107 bytes and a zero (unix(7)). */
const LONGEST_SOCKET_BYTES = 107

/** Name of the log of a private mysqld. */
export const INSTANCE_LOG = 'clonectl-mysqld.log'

/** Disposing removes what lies outside the directory: only for an instance that was stopped. */
export interface InstanceFiles extends AsyncDisposable {
  readonly configFile: string
  readonly socket: string
  readonly logFile: string
}

export interface InstanceFilesRequest {
  readonly datadir: string
  /** Where the files go. */
  readonly directory: string
  readonly settings: ServerSettings
  /** Whom the data belongs to, and mysqld runs as. */
  readonly owner: Owner
  /** Run at the start, for a replay. */
  readonly initFile?: string
  /** Set when the server's applier runs the binlogs. */
  readonly applier?: ApplierOptions
}

export interface ApplierOptions {
  /** Base name of the relay logs, with its directory. */
  readonly relayLog: string
  /** Threads that run transactions. */
  readonly workers: number
  /** Of the buffer pool. */
  readonly poolBytes: number
}

/** Writes the option file and chooses the other names. */
export const makeInstanceFiles = async (request: InstanceFilesRequest): Promise<InstanceFiles> => {
  const { datadir, directory, settings, owner, initFile, applier } = request
  const user = runAs(owner)
  const configFile = join(directory, 'clonectl-mysqld.cnf')
  const socket = await socketPath(owner, directory)
  const values = {
    ...donorValues(settings.variables),
    datadir,
    socket,
    pid_file: join(directory, 'clonectl-mysqld.pid'),
    clone_plugin_line: clonePluginLine(settings),
    user_line: user === undefined ? '' : `user = ${user}`,
    init_file: initFile ?? '',
    server_id: serverIdOf(settings),
    relay_log: applier?.relayLog ?? '',
    workers: String(applier?.workers ?? 0),
    buffer_pool: String(applier?.poolBytes ?? 0),
  }
  const parts = [
    'restore.cnf',
    ...(initFile === undefined ? [] : ['replay.cnf']),
    ...(applier === undefined ? [] : ['applier.cnf']),
  ]
  const texts = await Promise.all(parts.map((part) => renderTemplate(part, values)))
  await writeFile(configFile, texts.join(''), { mode: 0o640 })
  await giveTo(owner, configFile)
  return {
    configFile,
    socket,
    logFile: join(directory, INSTANCE_LOG),
    async [Symbol.asyncDispose]() {
      if (dirname(socket) !== directory) await remove(dirname(socket))
    },
  }
}

/** An applier needs one. */
const serverIdOf = ({ variables }: ServerSettings): string => {
  const serverId = variables['server_id'] ?? '0'
  return serverId === '0' ? '1' : serverId
}

/** A plugin that mysql.plugin names is loaded anyway, and loading it twice is an error in the log. */
const clonePluginLine = ({ plugins }: ServerSettings): string =>
  plugins.some(({ name, registered }) => name === 'clone' && registered === true)
    ? '# It is loaded as on the donor, by the table mysql.plugin.'
    : 'plugin_load_add = mysql_clone.so'

/** Beside the other files when the path is short enough, else in a directory of its own. */
const socketPath = async (owner: Owner, directory: string): Promise<string> => {
  const socket = join(directory, 'clonectl-mysqld.sock')
  if (Buffer.byteLength(socket) <= LONGEST_SOCKET_BYTES) return socket
  const short = await mkdtemp(join(tmpdir(), 'clonectl-'))
  await giveTo(owner, short)
  return join(short, 'mysqld.sock')
}
