// The pagemap of the base an increment is made on.

import { join } from 'node:path'
import type { BackupPaths } from '../repository/layout.ts'
import { readPageMapIndex } from '../repository/page-map-reader.ts'
import type { ScanJob } from './scan-file.ts'

export interface BasePageMap {
  /** For a path of the clone: what the base held there, and where below `data` the changes go. */
  compareWith(data: string): (path: string) => Pick<ScanJob, 'base' | 'delta'>
}

export const readBasePageMap = async (base: BackupPaths): Promise<BasePageMap> => {
  const index = await readPageMapIndex(base.pagemap)
  return {
    compareWith: (data) => (path) => {
      const tablespace = index.get(path)
      return {
        delta: join(data, `${path}.delta`),
        base: tablespace === undefined ? undefined : { pagemap: base.pagemap, tablespace },
      }
    },
  }
}
