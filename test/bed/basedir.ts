// Finds an installation for the tests: the one that the environment names, else a MySQL
// unpacked from Debian's packages into the shared cache, which happens once.
import { spawn } from 'node:child_process'
import { access, constants } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { cacheDirectory, type Environment } from './cache-directory.ts'

/** A MySQL installation: its directory and the absolute paths of the programs used. */
export interface Basedir {
  readonly path: string
  readonly mysqld: string
  readonly mysql: string
  readonly mysqlbinlog: string
  readonly myPrintDefaults: string
}

/** No MySQL server can be had on this machine; the message is one line and says what to set. */
export class BedUnavailable extends Error {
  override readonly name = 'BedUnavailable'
}

export interface FindOptions {
  readonly env?: Environment
  /** Gets the installer's lines while it fetches a server; they are dropped without it. */
  readonly report?: (line: string) => void
}

const installer = fileURLToPath(new URL('install-mysql.sh', import.meta.url))

const findProgram = async (path: string, name: string): Promise<string | undefined> => {
  for (const folder of ['bin', 'sbin']) {
    const file = join(path, folder, name)
    const found = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    )
    if (found) return file
  }
  return undefined
}

const inspectBasedir = async (path: string): Promise<Basedir | readonly string[]> => {
  const names = ['mysqld', 'mysql', 'mysqlbinlog', 'my_print_defaults']
  const files = await Promise.all(names.map((name) => findProgram(path, name)))
  const [mysqld, mysql, mysqlbinlog, myPrintDefaults] = files
  if (mysqld && mysql && mysqlbinlog && myPrintDefaults) {
    return { path, mysqld, mysql, mysqlbinlog, myPrintDefaults }
  }
  return names.filter((_, index) => files[index] === undefined)
}

/** Runs the installer and returns the last line it wrote: what went wrong, when it failed. */
const install = async (prefix: string, { env, report }: FindOptions): Promise<void> => {
  const child = spawn('bash', [installer, prefix], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const exit = new Promise<number | null>((settle, fail) => {
    child.once('error', fail)
    child.once('close', settle)
  })
  let lastLine = ''
  createInterface(child.stderr).on('line', (line) => {
    lastLine = line
    report?.(line)
  })
  const code = await exit.catch((error: unknown) => {
    throw new BedUnavailable(
      'the test bed cannot fetch MySQL without bash; set CLONECTL_TEST_BASEDIR to an unpacked MySQL',
      { cause: error },
    )
  })
  if (code !== 0) throw new BedUnavailable(lastLine.replace(/^install-mysql: error: /, ''))
}

const isFile = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )

/**
 * The installation to test with: the GreatSQL of CLONECTL_GREATSQL_BASEDIR, or what
 * CLONECTL_TEST_BASEDIR names. Fetches a MySQL into the cache when neither is set and none is there yet (about 65 MB and ten seconds, once).
 * @throws BedUnavailable when there is none and none can be fetched.
 */
export const findBasedir = async (options: FindOptions = {}): Promise<Basedir> => {
  const env = options.env ?? process.env
  for (const name of ['CLONECTL_GREATSQL_BASEDIR', 'CLONECTL_TEST_BASEDIR']) {
    const given = env[name]
    if (given === undefined || given === '') continue
    const found = await inspectBasedir(resolve(given))
    if ('mysqld' in found) return found
    throw new BedUnavailable(
      `${name}=${given} has no ${found.join(', ')} in bin/ or sbin/; set it to an unpacked server, or unset it`,
    )
  }
  const prefix = join(cacheDirectory(env), 'mysql')
  // STAMP is what the installer writes last.
  if (!(await isFile(join(prefix, 'STAMP')))) await install(prefix, options)
  const found = await inspectBasedir(prefix)
  if ('mysqld' in found) return found
  throw new BedUnavailable(
    `the cached MySQL at ${prefix} has lost ${found.join(', ')}; remove it, or set CLONECTL_TEST_BASEDIR to an unpacked MySQL`,
  )
}
