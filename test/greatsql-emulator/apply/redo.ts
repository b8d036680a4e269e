// The increment's redo takes the place of the full's: the end of the apply step in GreatSQL's
// srv0start.cc, which 8.4 does in another way than 8.0.
import { cpSync, existsSync, readdirSync, rmSync, copyFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Applying } from './applying.ts'
import { ProcessEnd } from './process-end.ts'

/** Anything the shell would not take as it is; 8.0 does not quote its paths. */
const needsQuotes = /[^\w@%+=:,./#-]/

const failedCommand = ({ log }: Applying, command: string): ProcessEnd => {
  // pclose gives the wait status: exit code 1 is 256.
  log.apply.error(`Execute [${command}] failed with return value [256].`)
  return new ProcessEnd(1)
}

/**
 * `rm -rf FULL/#innodb_redo/*` and `cp DIR/#innodb_redo/* FULL/#innodb_redo/` through a shell. With
 * a blank in a path the real server's rm can remove what is not its own; here nothing is removed
 * then, and the copy fails as it does there.
 */
const replaceByShell = (applying: Applying): void => {
  const { log, settings, incrementalDir } = applying
  const to = `${settings.datadir}//#innodb_redo/`
  const from = `${incrementalDir}/#innodb_redo/*`
  log.apply.info(`CP  ${from} TO ${to}`)
  const copy = `cp ${from} ${to}`
  if (needsQuotes.test(`${to}${incrementalDir}`)) throw failedCommand(applying, copy)
  const files = (dir: string): string[] =>
    existsSync(dir) ? readdirSync(dir).filter((name) => !name.startsWith('.')) : []
  for (const name of files(to)) rmSync(join(to, name), { recursive: true })
  const source = join(incrementalDir, '#innodb_redo')
  const names = files(source)
  if (names.length === 0) throw failedCommand(applying, copy)
  for (const name of names) copyFileSync(join(source, name), join(to, name))
}

/** 8.4: the directory goes as a whole, and another is copied (std::filesystem). */
const replaceByCopy = (applying: Applying): void => {
  const { log, settings, incrementalDir } = applying
  const to = `${settings.datadir}//#innodb_redo/`
  const from = `${incrementalDir}/#innodb_redo/`
  log.apply.info('replace redo files from clone_incremental_dir')
  if (!existsSync(to)) {
    log.apply.error('Error drop old redo files, #innodb_redo directory not exists')
    throw new ProcessEnd(1)
  }
  rmSync(to, { recursive: true })
  if (!existsSync(from)) {
    const what = `filesystem error: cannot copy: No such file or directory [${from}] [${to}]`
    log.apply.error(`Error replace redo files from clone_incremental_dir: ${what}`)
    throw new ProcessEnd(1)
  }
  cpSync(from, to, { recursive: true })
}

/** @throws ProcessEnd(1) when there is nothing to copy, or nowhere to. */
export const replaceRedo = (applying: Applying, is84: boolean): void => {
  if (is84) replaceByCopy(applying)
  else replaceByShell(applying)
}
