// GreatSQL's mysqldecrypt (client/mysqldecrypt.cc, client/path.cc). Whether a file could be decrypted
// is not looked at: it ends with 0, and removes the original all the same.
import {
  closeSync,
  openSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { readKeyFile, type FileKey } from '../formats/key-file.ts'
import { decryptFile } from '../formats/xbcrypt.ts'
import { parseDecryptOptions, type DecryptOptions } from './decrypt-options.ts'

/** Set by the maker of the basedir. */
declare const RELEASE: string

const NAME = 'mysqldecrypt'
const SUFFIX = '.xbcrypt'
const STDOUT = 1

const usage = `${NAME}  Ver ${RELEASE} for Linux on x86_64
Decrypt the encrypt files which clone encrypt backup 
the mysql command line client.

Usage: ${NAME} [options] 
`

/** Ends the program. */
class Exit extends Error {
  readonly code: number
  constructor(code: number, text: string) {
    super(text)
    this.code = code
  }
}

const errnoOf = (error: unknown): number =>
  error instanceof Error && 'errno' in error ? Math.abs(Number(error.errno)) : 0

const faults = {
  invalid: 'Error: Invalid dump encrypt key file.\n',
  mode: 'Error: Fail to find encrypt mode.\n',
} as const

const openKey = (path: string): Buffer => {
  try {
    return readFileSync(path)
  } catch (error) {
    const errno = errnoOf(error)
    throw new Exit(2, `Error: Fail to open encrypt key file: ${path}, errno:${errno}.\n`)
  }
}

/** Dies as the real program does of a file with only two lines. */
const loadKey = (path: string): FileKey => {
  const found = readKeyFile(openKey(path))
  if (found === 'crash') {
    process.kill(process.pid, 'SIGSEGV')
    throw new Exit(2, '')
  }
  if (typeof found === 'string') throw new Exit(2, faults[found])
  return found
}

const writeAll = (fd: number, bytes: Buffer): void => {
  for (let at = 0; at < bytes.length;) at += writeSync(fd, bytes, at)
}

/** Its result is what the real program ignores, so there is none. */
const decryptInto = (fd: number, path: string, key: FileKey): void => {
  try {
    writeAll(fd, decryptFile(readFileSync(path), key).bytes)
  } catch (error) {
    process.stderr.write(`Error: Fail to open encrypt clone file, errno: ${errnoOf(error)}\n`)
  }
}

const entriesOf = (dir: string): readonly string[] => {
  try {
    return readdirSync(dir).map((name) => `${dir}/${name}`)
  } catch {
    return [] // A directory that cannot be read is passed over.
  }
}

const kindOf = (path: string): 'file' | 'dir' | 'other' => {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found?.isFile() === true) return 'file'
  return found?.isDirectory() === true ? 'dir' : 'other'
}

/** Two levels, links followed (cli_process_datadir). */
const findEncrypted = (dir: string): readonly string[] =>
  entriesOf(dir)
    .flatMap((path) => (kindOf(path) === 'dir' ? entriesOf(path) : [path]))
    .filter((path) => path.endsWith(SUFFIX) && !path.endsWith(`/${SUFFIX}`))
    .filter((path) => kindOf(path) === 'file')

const decryptDir = (dir: string, key: FileKey, removeOriginal: boolean): void => {
  for (const path of findEncrypted(dir)) {
    const output = openSync(path.slice(0, -SUFFIX.length), 'w')
    decryptInto(output, path, key)
    closeSync(output)
    if (!removeOriginal) continue
    process.stdout.write(`removing ${path} \n`)
    rmSync(path)
  }
}

const requireOne = ({ key, file, dir }: DecryptOptions): void => {
  if (key === undefined) throw new Exit(2, 'clone-decrypt-keyshould be specified.\n')
  if (file === undefined && dir === undefined) {
    throw new Exit(2, 'clone-decrypt-file or clone-decrypt-dir should be specified.\n')
  }
  if (file !== undefined && dir !== undefined) {
    throw new Exit(
      2,
      'only one of the two parameters clone-decrypt-file and clone-decrypt-dir can be set.\n',
    )
  }
}

const openResult = (path: string | undefined): number => {
  if (path === undefined) return STDOUT
  try {
    return openSync(path, 'w')
  } catch (error) {
    throw new Exit(
      1,
      `${NAME}: Can't create/write to file '${path}' (OS errno ${errnoOf(error)})\n`,
    )
  }
}

const run = (args: readonly string[]): void => {
  const options = parseDecryptOptions(args)
  if (typeof options === 'string') {
    throw new Exit(2, `${NAME}: [ERROR] unknown option '${options}'.\n`)
  }
  const { decrypt, file, dir, removeOriginal, resultFile, help, others } = options
  if (help || (!decrypt && (others.length < 1 || others.length > 4))) {
    process.stdout.write(usage)
    process.exitCode = help ? 0 : 1
    return
  }
  const result = openResult(resultFile)
  if (!decrypt) return
  requireOne(options)
  const key = loadKey(options.key ?? '')
  if (dir !== undefined) decryptDir(dir, key, removeOriginal)
  else decryptInto(result, file ?? '', key)
}

try {
  run(process.argv.slice(2))
} catch (error) {
  if (!(error instanceof Exit)) throw error
  process.stderr.write(error.message)
  process.exitCode = error.code
}
