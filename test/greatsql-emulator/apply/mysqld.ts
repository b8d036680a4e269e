// GreatSQL's mysqld with clone_incremental_dir: it applies an increment to a data directory, and ends.
// bin/mysqld of an emulated basedir runs this file, bundled; see ../basedir/scripts.ts.
import { posix } from 'node:path'
import { readInstallation, type Installation } from '../basedir/installation.ts'
import { allOptions } from '../basedir/options.ts'
import { applyIncrement } from './apply.ts'
import { applyLog } from './apply-log.ts'
import type { Applying } from './applying.ts'
import { openErrorLog, type ErrorLog } from './error-log.ts'
import { readFault, type Fault } from './fault.ts'
import { openTablespaces } from './open-tablespaces.ts'
import { FAILURE_EXIT, ProcessEnd, StartFailure } from './process-end.ts'
import { readOptions, readSettings, type Settings } from './settings.ts'
import {
  openDoublewrite,
  openRedo,
  openSystemTablespace,
  refuseIncompleteClone,
  startServer,
} from './startup.ts'

/**
 * unpack_dirname on both (MySQL's mf_pack.c): `//`, `/./` and `/../` go away, symbolic links stay.
 */
const isSameDirectory = (datadir: string, incrementalDir: string): boolean => {
  const unpacked = (path: string): string => posix.normalize(`${path}/`)
  return unpacked(datadir) === unpacked(incrementalDir)
}

const makeCrash =
  (settings: Settings, log: ErrorLog) =>
  (file: string, assertion: string): ProcessEnd => {
    const thread = 139_999_999_999_744
    const text = `Assertion failure: ${file}:1:${assertion} thread ${thread}`
    log({ level: 'ERROR', code: '013183', text })
    log.raw('InnoDB: We intentionally generate a memory trap.')
    log.raw(`${new Date().toISOString().slice(0, 19)}Z UTC - mysqld got signal 6 ;`)
    log.raw(
      'Most likely, you have hit a bug, but this error can also be caused by malfunctioning hardware.',
    )
    // handle_fatal_signal ends with _exit(2), unless a core file is wanted (signal_handler.cc).
    return new ProcessEnd(FAILURE_EXIT, settings.coreFile ? 'SIGABRT' : undefined)
  }

interface Start {
  readonly settings: Settings
  readonly installation: Installation
  readonly fault: Fault
  readonly log: ErrorLog
}

const openInnoDb = ({ settings, fault, log }: Start, incrementalDir: string): Applying => {
  refuseIncompleteClone(settings, log)
  const spaces = openTablespaces(settings.datadir, log)
  openSystemTablespace(settings, log)
  openDoublewrite(settings, log)
  openRedo(settings, log)
  return {
    settings,
    incrementalDir,
    sameDirectory: isSameDirectory(settings.datadir, incrementalDir),
    log: { server: log, apply: applyLog(log) },
    fault,
    spaces,
    reached: new Set(),
    crash: makeCrash(settings, log),
  }
}

/** Signals wait until the server is up, which here it never is. */
const blockSignals = (): void => {
  for (const signal of ['SIGTERM', 'SIGHUP', 'SIGQUIT'] as const)
    process.on(signal, () => undefined)
}

const run = (start: Start, program: string): void => {
  const { settings, installation, fault, log } = start
  startServer(settings, program, log, installation.version)
  if (fault.exitAtOnce !== undefined) throw new ProcessEnd(fault.exitAtOnce)
  const { incrementalDir } = settings
  if (incrementalDir === undefined) throw new Error('clone_incremental_dir is not set')
  applyIncrement(openInnoDb(start, incrementalDir), installation.is84)
}

/** A failure to start is followed by two lines more; the apply step itself just exits. */
const end = ({ log, installation }: Start, program: string, reason: ProcessEnd): void => {
  if (reason instanceof StartFailure) {
    const { version, versionComment } = installation
    log.enterThread(0)
    log({ level: 'ERROR', code: '010119', subsystem: 'Server', text: 'Aborting' })
    const text = `${program}: Shutdown complete (mysqld ${version})  ${versionComment}.`
    log({ level: 'System', code: '010910', subsystem: 'Server', text })
  }
  if (reason.signal !== undefined) process.kill(process.pid, reason.signal)
  process.exitCode = reason.code
}

/** Without a directory for it, there is no log and no server. */
const openLog = ({ verbosity, logError }: Settings): ErrorLog => {
  try {
    return openErrorLog(verbosity, logError)
  } catch {
    const log = openErrorLog(verbosity, undefined)
    const text = `Could not open file '${logError ?? ''}' for error logging: No such file or directory`
    log({ level: 'ERROR', code: '010187', subsystem: 'Server', text })
    log({ level: 'ERROR', code: '010119', subsystem: 'Server', text: 'Aborting' })
    process.exit(1)
  }
}

const [, , basedir = '', program = '', ...args] = process.argv
blockSignals()
const installation = readInstallation(basedir)
const settings = readSettings(readOptions(allOptions(args, installation.myPrintDefaults)), basedir)
const log = openLog(settings)
const start: Start = { settings, installation, fault: readFault(basedir), log }
try {
  run(start, program)
  if (start.fault.keepRunning) setInterval(() => undefined, 60_000)
} catch (error) {
  if (error instanceof ProcessEnd) end(start, program, error)
  else {
    // The stand-in's own mistake must not pass for one of the server's.
    process.stderr.write(`${error instanceof Error ? (error.stack ?? '') : String(error)}\n`)
    process.exitCode = 99
  }
}
