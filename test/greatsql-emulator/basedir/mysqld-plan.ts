// Decides what bin/mysqld becomes when an option of GreatSQL's is in its command line or in an option
// file, and prints the shell command for it.
import { readOptions, readSettings } from '../apply/settings.ts'
import { isForeign } from './foreign-options.ts'
import { readInstallation } from './installation.ts'
import { allOptions } from './options.ts'
import { quote } from './scripts.ts'

const [node, , basedir = '', program = '', ...args] = process.argv
const { myPrintDefaults } = readInstallation(basedir)
const options = allOptions(args, myPrintDefaults)
const { incrementalDir, datadir } = readSettings(readOptions(options), basedir)

/** The option files cannot be changed, so the real server gets all of their lines as arguments. */
const ordinary = ['--no-defaults', ...options.filter((option) => !isForeign(option))]
const applying = [node ?? '', `${basedir}/libexec/mysqld-apply.mjs`, basedir, program, ...args]
const words = (list: readonly string[]): string => list.map(quote).join(' ')
process.stdout.write(
  incrementalDir === undefined
    ? `datadir=${quote(datadir)}; become_mysqld ${words(ordinary)}\n`
    : `exec ${words(applying)}\n`,
)
