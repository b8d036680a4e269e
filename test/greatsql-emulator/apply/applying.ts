// What the parts of one apply share.
import type { ApplyLog } from './apply-log.ts'
import type { ErrorLog } from './error-log.ts'
import type { Fault } from './fault.ts'
import type { ProcessEnd } from './process-end.ts'
import type { Settings } from './settings.ts'
import type { Tablespaces } from './tablespaces.ts'

/** Where a file is, as the server says it once it knows the tablespace: it is in the directory. */
export const shown = (path: string): string => `./${path}`

export interface Applying {
  readonly settings: Settings
  /** As the option spells it; the server has changed into the data directory. */
  readonly incrementalDir: string
  /** Both directories are one, says the comparison of their spellings: a compressed full. */
  readonly sameDirectory: boolean
  readonly log: { readonly server: ErrorLog; readonly apply: ApplyLog }
  readonly fault: Fault
  readonly spaces: Tablespaces
  /** Names (inc_dir_tables_hash) of the tablespaces that had a delta which got as far as its file. */
  readonly reached: Set<string>
  /** Logs an assertion that failed; to be thrown. */
  crash(file: string, assertion: string): ProcessEnd
}
