// An installation that notes every start of mysqld: for saying that none was started.
import { access, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { findBasedir } from '../../bed/basedir.ts'

export interface WatchedBasedir {
  /** For --basedir. */
  readonly path: string
  /** The command lines mysqld was started with so far. */
  starts(): Promise<readonly string[]>
}

/** Makes it below `dir`: the real programs, with a note before mysqld. */
export const makeWatchedBasedir = async (dir: string): Promise<WatchedBasedir> => {
  const real = await findBasedir()
  const bin = join(dir, 'bin')
  const log = join(dir, 'mysqld-starts')
  await mkdir(bin, { recursive: true })
  await symlink(real.mysql, join(bin, 'mysql'))
  await symlink(real.mysqlbinlog, join(bin, 'mysqlbinlog'))
  await symlink(real.myPrintDefaults, join(bin, 'my_print_defaults'))
  const script = `#!/bin/sh\necho "$*" >> '${log}'\nexec '${real.mysqld}' "$@"\n`
  await writeFile(join(bin, 'mysqld'), script, { mode: 0o755 })
  return {
    path: dir,
    starts: async () => {
      const wasStarted = await access(log).then(
        () => true,
        () => false,
      )
      return wasStarted ? (await readFile(log, 'utf8')).trimEnd().split('\n') : []
    },
  }
}
