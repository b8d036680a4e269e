// Builds the installation directory of an emulated GreatSQL server around a real MySQL: bin/ with a
// mysqld that can apply increments, the two decompression programs and mysqldecrypt, lib/ and share/
// of the real one. All of it works wherever it is named: as --basedir, @@basedir, or in PATH.
import { chmod, mkdir, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findBasedir, type Basedir } from '../../bed/basedir.ts'
import { releaseOf, type Release } from '../server/release.ts'
import { bundle } from './bundle.ts'
import { foreignOptions } from './foreign-options.ts'
import { installationFile, type Installation } from './installation.ts'
import { execScript, mysqldScript, nodeScript } from './scripts.ts'

export interface BasedirRequest {
  /** Where to build it; made when missing. What an earlier call built there is replaced. */
  readonly dir: string
  /** `8.0.32-27` without it; `8.4.4-4` replaces the redo in its own way and warns of lz4_decompress. */
  readonly version?: string
  /** The real installation; the test bed's without it. */
  readonly real?: Basedir
}

/** An emulated installation. */
export interface EmulatedBasedir {
  readonly path: string
  readonly mysqld: string
  readonly zstdDecompress: string
  readonly lz4Decompress: string
  readonly mysqldecrypt: string
  readonly version: string
  /** Writes here (see ../apply/fault.ts) make its mysqld misbehave when it applies. */
  readonly faultFile: string
}

const isDirectory = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )

const firstDirectory = async (paths: readonly string[]): Promise<string | undefined> => {
  for (const path of paths) if (await isDirectory(path)) return path
  return undefined
}

/** An installation is a prefix, or was unpacked from packages into `root` or `root/usr` of one. */
const placesIn = ({ path }: Basedir): readonly string[] => [
  path,
  join(path, 'usr'),
  join(path, 'root', 'usr'),
]

const link = async (target: string, path: string): Promise<void> => {
  await rm(path, { recursive: true, force: true })
  await symlink(target, path)
}

const linkAll = async (from: string, into: string): Promise<void> => {
  await mkdir(into, { recursive: true })
  for (const name of await readdir(from)) await link(join(from, name), join(into, name))
}

/** share/english and share/mysql/english, lib/plugin and lib/mysql/plugin: builds look in either. */
const linkData = async (dir: string, real: Basedir): Promise<void> => {
  const places = placesIn(real)
  const messages = await firstDirectory([
    ...places.map((place) => join(place, 'share', 'mysql', 'english')),
    ...places.map((place) => join(place, 'share', 'english')),
  ])
  const plugins = await firstDirectory([
    ...places.map((place) => join(place, 'lib', 'mysql', 'plugin')),
    ...places.map((place) => join(place, 'lib64', 'mysql', 'plugin')),
    ...places.map((place) => join(place, 'lib', 'plugin')),
  ])
  if (messages === undefined || plugins === undefined) {
    throw new Error(`${real.path} has no share/english or no lib/plugin that could be linked`)
  }
  await linkAll(dirname(messages), join(dir, 'share'))
  await link(dirname(messages), join(dir, 'share', 'mysql'))
  await mkdir(join(dir, 'lib', 'mysql'), { recursive: true })
  await link(plugins, join(dir, 'lib', 'plugin'))
  await link(plugins, join(dir, 'lib', 'mysql', 'plugin'))
}

const writeScript = async (path: string, text: string): Promise<void> => {
  await writeFile(path, text)
  await chmod(path, 0o755)
}

const libexec = (dir: string, name: string): string => join(dir, 'libexec', `${name}.mjs`)

const bundlePrograms = (dir: string, { version }: Release): void => {
  const here = (path: string): URL => new URL(path, import.meta.url)
  const project = fileURLToPath(here('../../../package.json'))
  bundle(here('../apply/mysqld.ts'), libexec(dir, 'mysqld-apply'))
  bundle(here('mysqld-plan.ts'), libexec(dir, 'mysqld-plan'))
  bundle(here('lz4-decompress.ts'), libexec(dir, 'lz4-decompress'), { RELEASE: version })
  bundle(here('zstd-decompress.ts'), libexec(dir, 'zstd-decompress'), {
    RELEASE: version,
    PROJECT_FILE: project,
  })
  bundle(here('mysqldecrypt.ts'), libexec(dir, 'mysqldecrypt'), { RELEASE: version })
}

/** Scripts, not links: the real programs may find their libraries by where they are called. */
const writeRealPrograms = async (dir: string, real: Basedir): Promise<void> => {
  const bin = dirname(real.mysqld)
  const others = (await readdir(bin)).map((name) => join(bin, name))
  const programs = [...others, real.mysql, real.mysqlbinlog, real.myPrintDefaults]
  for (const program of new Set(programs)) {
    const name = basename(program)
    if (name === 'mysqld' || !name.startsWith('my')) continue
    await writeScript(join(dir, 'bin', name), execScript(program))
  }
}

const writeMysqld = (dir: string, real: Basedir, release: Release): Promise<void> =>
  writeScript(
    join(dir, 'bin', 'mysqld'),
    mysqldScript({
      node: process.execPath,
      basedir: dir,
      applyProgram: libexec(dir, 'mysqld-apply'),
      planProgram: libexec(dir, 'mysqld-plan'),
      mysqld: real.mysqld,
      myPrintDefaults: real.myPrintDefaults,
      versionText: `Ver ${release.version} for Linux on x86_64 (${release.versionComment})`,
      foreignOptions,
    }),
  )

const describe = (real: Basedir, release: Release): Installation => ({
  version: release.version,
  versionComment: release.versionComment,
  is84: release.is84,
  myPrintDefaults: real.myPrintDefaults,
})

/**
 * Builds the directory, in about a fifth of a second. The real server behind it keeps telling its own
 * version when it is asked by SQL.
 * @throws BedUnavailable when there is no MySQL on this machine; Error for a version that is none.
 */
export const makeBasedir = async (request: BasedirRequest): Promise<EmulatedBasedir> => {
  const release = releaseOf(request.version ?? '8.0.32-27')
  const real = request.real ?? (await findBasedir())
  const dir = resolve(request.dir)
  await mkdir(join(dir, 'bin'), { recursive: true })
  await linkData(dir, real)
  bundlePrograms(dir, release)
  await writeRealPrograms(dir, real)
  await writeMysqld(dir, real, release)
  for (const name of ['zstd', 'lz4']) {
    const script = nodeScript(process.execPath, libexec(dir, `${name}-decompress`))
    await writeScript(join(dir, 'bin', `${name}_decompress`), script)
  }
  const decrypt = nodeScript(process.execPath, libexec(dir, 'mysqldecrypt'))
  await writeScript(join(dir, 'bin', 'mysqldecrypt'), decrypt)
  await writeFile(
    installationFile(dir),
    `${JSON.stringify(describe(real, release), undefined, 2)}\n`,
  )
  return {
    path: dir,
    mysqld: join(dir, 'bin', 'mysqld'),
    zstdDecompress: join(dir, 'bin', 'zstd_decompress'),
    lz4Decompress: join(dir, 'bin', 'lz4_decompress'),
    mysqldecrypt: join(dir, 'bin', 'mysqldecrypt'),
    version: release.version,
    faultFile: join(dir, 'emulator-fault'),
  }
}
