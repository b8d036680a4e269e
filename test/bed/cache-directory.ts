// Where the test bed keeps what is costly to make: the unpacked server and the template data
// directories. One place for a user, shared by all working copies.
import { homedir } from 'node:os'
import { join } from 'node:path'

/** The environment variables the test bed looks at. */
export type Environment = Readonly<Record<string, string | undefined>>

/** `$XDG_CACHE_HOME/clonectl/testbed`, or the same under ~/.cache. It may not exist yet. */
export const cacheDirectory = (env: Environment = process.env): string => {
  const xdg = env['XDG_CACHE_HOME']
  const root = xdg === undefined || xdg === '' ? join(homedir(), '.cache') : xdg
  return join(root, 'clonectl', 'testbed')
}
