// What mysqld does before InnoDB gets to the increment, as far as it can fail or leaves something
// behind (MySQL's sql/mysqld.cc, GreatSQL's srv0start.cc).
import { randomUUID } from 'node:crypto'
import { execFileSync } from 'node:child_process'
import { closeSync, existsSync, ftruncateSync, openSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ErrorLog } from './error-log.ts'
import { abortInnoDb } from './open-tablespaces.ts'
import { StartFailure, type ProcessEnd } from './process-end.ts'
import type { Settings } from './settings.ts'
import { headerOf } from './tablespaces.ts'

/** Sizes of the two doublewrite files with the defaults of 8.0.32. */
const doublewriteBytes = [196_608, 8_585_216] as const

const fail = (log: ErrorLog, code: string, text: string): ProcessEnd => {
  log({ level: 'ERROR', code, subsystem: 'Server', text })
  return new StartFailure()
}

/** Becomes the user of --user; root must name one. @throws StartFailure. */
const becomeUser = ({ user }: Settings, log: ErrorLog): void => {
  if (process.getuid?.() !== 0) return
  if (user === undefined) {
    const text =
      'Fatal error: Please read "Security" section of the manual to find out how to run mysqld as root!'
    throw fail(log, '010123', text)
  }
  if (user === 'root') return
  try {
    const id = (option: string): number =>
      Number(execFileSync('id', [option, '--', user], { encoding: 'utf8' }))
    const [group, own] = [id('-g'), id('-u')]
    process.setgroups?.([group])
    process.setgid?.(group)
    process.setuid?.(own)
  } catch {
    throw fail(
      log,
      '010124',
      `Fatal error: Can't change to run as user '${user}'. Please check that the user exists!`,
    )
  }
}

const enterDatadir = ({ datadir }: Settings, log: ErrorLog): void => {
  try {
    process.chdir(datadir)
  } catch (error) {
    const { errno = 0 } = error as NodeJS.ErrnoException
    const reason = existsSync(datadir) ? 'Permission denied' : 'No such file or directory'
    const text = `failed to set datadir to ${datadir}/ (OS errno: ${-errno} - ${reason})`
    throw fail(log, '010157', text)
  }
}

/** auto.cnf holds the server's UUID; a clone has none. */
const makeUuid = ({ datadir }: Settings, log: ErrorLog): void => {
  const file = join(datadir, 'auto.cnf')
  if (existsSync(file)) return
  const uuid = randomUUID()
  writeFileSync(file, `[auto]\nserver-uuid=${uuid}\n`, { mode: 0o640 })
  log({
    level: 'Warning',
    code: '010075',
    subsystem: 'Server',
    text: `No existing UUID has been found, so we assume that this is the first time that this server has been started. Generating a new UUID: ${uuid}.`,
  })
}

/** The lines up to the start of InnoDB, and what goes with them. @throws StartFailure. */
export const startServer = (
  settings: Settings,
  program: string,
  log: ErrorLog,
  version: string,
) => {
  const say = (level: 'System' | 'Warning', code: string, text: string): void => {
    log({ level, code, subsystem: 'Server', text })
  }
  if (settings.openLogPath) {
    say(
      'Warning',
      '010097',
      'Insecure configuration for --secure-log-path: Current value does not restrict location of generated files. Consider setting it to a valid, non-empty path.',
    )
  }
  say('System', '010116', `${program} (mysqld ${version}) starting as process ${process.pid}`)
  becomeUser(settings, log)
  enterDatadir(settings, log)
  makeUuid(settings, log)
  log.enterThread(1)
  log({ level: 'System', code: '013576', text: 'InnoDB initialization has started.' })
}

/** clone_init: an interrupted clone is no data directory. @throws StartFailure. */
export const refuseIncompleteClone = ({ datadir }: Settings, log: ErrorLog): void => {
  if (!existsSync(join(datadir, '#clone', '#status_in_progress'))) return
  throw abortInnoDb(log, 'Incomplete cloned data directory')
}

/** The system tablespace is there and has the pages the server works with. @throws StartFailure. */
export const openSystemTablespace = ({ datadir, pageSize }: Settings, log: ErrorLog): void => {
  const path = join(datadir, 'ibdata1')
  const header = existsSync(path) ? headerOf(path) : undefined
  if (header?.pageSize === pageSize) return
  const text =
    header === undefined
      ? "The innodb_system data file 'ibdata1' must be writable"
      : `Data file './ibdata1' uses page size ${header.pageSize}, but the innodb_page_size start-up parameter is ${pageSize}`
  log({ level: 'ERROR', code: header === undefined ? '012271' : '012264', text })
  throw abortInnoDb(log, 'Generic error')
}

/** dblwr::open makes its files; they stay when the server ends. */
export const openDoublewrite = ({ datadir, pageSize }: Settings, log: ErrorLog): void => {
  for (const [number, bytes] of doublewriteBytes.entries()) {
    const name = `#ib_${pageSize}_${number}.dblwr`
    log({ level: 'Note', code: '013532', text: `Using './${name}' for doublewrite` })
    const path = join(datadir, name)
    if (existsSync(path)) continue
    const fd = openSync(path, 'w', 0o640)
    ftruncateSync(fd, bytes)
    closeSync(fd)
  }
}

/** log_sys_init: without the directory there is no start; an empty one is filled again later. */
export const openRedo = ({ datadir }: Settings, log: ErrorLog): void => {
  const found = statSync(join(datadir, '#innodb_redo'), { throwIfNoEntry: false })?.isDirectory()
  if (found === true) return
  const text = 'Neither found #innodb_redo subdirectory, nor ib_logfile* files in ./'
  log({ level: 'ERROR', code: '013862', text })
  throw abortInnoDb(log, 'Generic error')
}
