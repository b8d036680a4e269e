// All options of a mysqld command line, those of its option files among them: my_print_defaults of
// the real installation reads the files.
import { execFileSync } from 'node:child_process'

/** These stand first on the command line and say which option files there are. */
const aboutFiles = /^--(?:no-defaults|no-login-paths|defaults-|login-path=|print-defaults)/

export interface CommandLine {
  readonly aboutFiles: readonly string[]
  readonly others: readonly string[]
}

export const splitCommandLine = (args: readonly string[]): CommandLine => {
  const first = args.findIndex((arg) => !aboutFiles.test(arg))
  const count = first === -1 ? args.length : first
  return { aboutFiles: args.slice(0, count), others: args.slice(count) }
}

/**
 * The options in the order of their effect: the last one wins. A file that cannot be read ends this
 * process, with what my_print_defaults says of it.
 */
export const allOptions = (args: readonly string[], myPrintDefaults: string): string[] => {
  const { aboutFiles: files, others } = splitCommandLine(args)
  const groups = ['mysqld', 'server', 'mysqld-8.0', 'mysqld-8.4']
  try {
    const lines = execFileSync(myPrintDefaults, [...files, ...groups], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    return [...lines.split('\n').filter((line) => line !== ''), ...others]
  } catch {
    return process.exit(1)
  }
}
