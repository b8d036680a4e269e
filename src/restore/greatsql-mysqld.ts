// Whether a mysqld is one that can apply increments. Only GreatSQL from 8.0.32-26 on knows the
// option; any other would take it for a mistake, and one that is started without it serves.

import { ClonectlError } from '../errors.ts'
import { runTool } from '../system/run-tool.ts'

/** `mysqld  Ver 8.0.32-26 for Linux on x86_64 (GreatSQL, Release 26, Revision …)`. */
const versionLine = /\bVer (\d+)\.(\d+)\.(\d+)-(\d+)\b.*\bGreatSQL\b/
/** The first release that applies increments. */
const FIRST_RELEASE = [8, 0, 32, 26]
/** As `--verbose --help` lists an option. */
const optionLine = /^\s+--clone[-_]incremental[-_]dir\b/m

/**
 * Returns the version, such as `8.0.32-26`. Throws PREFLIGHT when this mysqld cannot apply
 * increments, PROCESS when it does not even tell its version. No server is started. The version is
 * quickly told; a build that calls itself otherwise is asked for its options.
 */
export const requireGreatsql = async (mysqld: string, signal: AbortSignal): Promise<string> => {
  const ask = async (...args: readonly string[]): Promise<string> =>
    (await runTool({ file: mysqld, args: ['--no-defaults', ...args], name: 'mysqld', signal }))
      .stdout
  const version = await ask('--version')
  if (isNewEnough(version) || optionLine.test(await ask('--verbose', '--help')))
    return /\bVer (\S+)/.exec(version)?.[1] ?? ''
  const found = version.trim().split('\n')[0] ?? ''
  throw new ClonectlError(
    'PREFLIGHT',
    `${mysqld} cannot apply increments; expected GreatSQL 8.0.32-26 or later, found: ${found}`,
    {
      hint: 'name an installation of GreatSQL with --basedir, or apply without it: --apply native',
      details: { mysqld },
    },
  )
}

const isNewEnough = (text: string): boolean => {
  const parts = versionLine.exec(text)?.slice(1).map(Number) ?? []
  const differing = FIRST_RELEASE.findIndex((part, index) => parts[index] !== part)
  return parts.length > 0 && (parts[differing] ?? 0) >= (FIRST_RELEASE[differing] ?? 0)
}
