// Template data directories: initialising one takes seconds, copying it a fraction of one. A
// template is made once per server version and per options that shape a data directory.
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { access, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Basedir } from './basedir.ts'
import { cacheDirectory } from './cache-directory.ts'
import { withFlock } from './flock.ts'
import { formatConfig } from './server-config.ts'
import { startServer } from './server.ts'
import { runSqlOnce } from './sql.ts'

const run = promisify(execFile)

/** To be raised when what is done below changes, so that older templates are not used. */
const recipe = 1
const makingPrefix = 'making-'

/** Options that only count when a data directory is made. */
const shapingOptions = new Set([
  'innodb_data_file_path',
  'innodb_page_size',
  'lower_case_table_names',
])

const optionName = (option: string): string =>
  (option.replace(/^--/, '').split('=')[0] ?? '').trim().replaceAll('-', '_')

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )

/** `Ver 9.7.4-2 for Linux on x86_64 ((Debian))`: the version without the path it was called by. */
const readVersion = async (mysqld: string): Promise<string> => {
  const { stdout } = await run(mysqld, ['--no-defaults', '--version'])
  return stdout.slice(stdout.indexOf(' Ver ')).trim()
}

const initialise = async (
  basedir: Basedir,
  dir: string,
  options: readonly string[],
): Promise<void> => {
  const configFile = join(dir, 'my.cnf')
  const config = {
    datadir: join(dir, 'data'),
    socket: join(dir, 'mysqld.sock'),
    pidFile: join(dir, 'mysqld.pid'),
    port: 0,
    serverId: 1,
    options,
  }
  await writeFile(configFile, formatConfig(config))
  await run(basedir.mysqld, [`--defaults-file=${configFile}`, '--initialize-insecure'])
}

/** The component is asked for only where the server ships it: not every MySQL and GreatSQL does. */
const installExtensions = async (socket: string): Promise<void> => {
  const [row] = await runSqlOnce({ socket }, 'SELECT @@plugin_dir')
  const shipsComponent = await exists(join(row?.[0] ?? '', 'component_mysqlbackup.so'))
  const component = "INSTALL COMPONENT 'file://component_mysqlbackup'"
  await runSqlOnce(
    { socket },
    `INSTALL PLUGIN clone SONAME 'mysql_clone.so'; ${shipsComponent ? component : ''}`,
  )
}

/** Makes a data directory in `dir/data`, with no binlogs, no GTIDs and no server_uuid of its own. */
const makeTemplate = async (
  basedir: Basedir,
  dir: string,
  shaping: readonly string[],
): Promise<string> => {
  const datadir = join(dir, 'data')
  const options = [...shaping, 'skip_log_bin']
  await initialise(basedir, dir, options)
  const server = await startServer({
    basedir,
    dir,
    datadir,
    port: undefined,
    serverId: undefined,
    options,
    detached: false,
  })
  try {
    await installExtensions(server.socket)
  } finally {
    await server.stop()
  }
  await rm(join(datadir, 'auto.cnf'))
  return datadir
}

/** Removes what killed runs left; the caller holds the lock, so nobody is at work in them. */
const removeLeftovers = async (cache: string): Promise<void> => {
  const names = (await readdir(cache)).filter((name) => name.startsWith(makingPrefix))
  await Promise.all(names.map((name) => rm(join(cache, name), { recursive: true })))
}

/**
 * The template data directory for this server and these [mysqld] options; made now when missing
 * (about five seconds). It is for copying: nobody may start a server on it.
 */
export const ensureTemplate = async (
  basedir: Basedir,
  options: readonly string[] = [],
): Promise<string> => {
  const shaping = options.filter((option) => shapingOptions.has(optionName(option))).sort()
  const version = await readVersion(basedir.mysqld)
  const identity = JSON.stringify([recipe, version, shaping])
  const digest = createHash('sha256').update(identity).digest('hex').slice(0, 16)
  const cache = cacheDirectory()
  const template = join(cache, `template-${digest}`)
  if (await exists(template)) return template
  await mkdir(cache, { recursive: true })
  await withFlock(join(cache, 'template.lock'), async () => {
    if (await exists(template)) return
    await removeLeftovers(cache)
    const making = await mkdtemp(join(cache, makingPrefix))
    await rename(await makeTemplate(basedir, making, shaping), template)
    await rm(making, { recursive: true })
  })
  return template
}

/** Copies a template to a data directory that does not exist yet; blocks are shared where possible. */
export const copyTemplate = async (template: string, datadir: string): Promise<void> => {
  await run('cp', ['--archive', '--reflink=auto', '--no-target-directory', template, datadir])
}
