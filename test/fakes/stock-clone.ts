// A clone as somebody makes it by hand on stock MySQL: no LSNs but those in its redo log.

import { makeDirectory, PAGE_BYTES } from './greatsql-directory.ts'
import { redoFile } from './redo-file.ts'

/** Where the clone's redo log begins, and from where to where it is needed. */
export const STOCK_LSNS = { checkpoint: 45_262_858n, end: 45_263_460n } as const
const START = 45_262_848n

/** What it is called when it is adopted. */
export const STOCK_ID = 'UTC20261120T010000.123-full'

const BEGIN = Date.UTC(2026, 10, 20, 1, 0, 0, 123) * 1000 + 456

/** Contents of #view_status, of a clone that took five seconds. */
export const stockViewStatus = `2 1\n${BEGIN} ${BEGIN + 5_000_000}\nLOCAL INSTANCE\n0\n\n\n0\n\n`

const SYSTEM_BYTES = 2 * 1024 * 1024
const REDO = redoFile({
  startLsn: START,
  blocks: 1,
  last: 100,
  checkpoints: [START, STOCK_LSNS.checkpoint],
})

/** Bytes of all its files. */
export const STOCK_BYTES = SYSTEM_BYTES + 5 * PAGE_BYTES + REDO.length + stockViewStatus.length

/** Makes one. */
export const makeStockClone = (
  directory: string,
  files: Readonly<Record<string, string | Buffer>> = {},
): void => {
  makeDirectory(directory, {
    spaces: {
      'mysql.ibd': { spaceId: 4, pages: [1, 2] },
      't/a.ibd': { spaceId: 7, pages: [1, 2, 0] },
    },
    files: {
      ibdata1: Buffer.alloc(SYSTEM_BYTES),
      ib_buffer_pool: '',
      '#innodb_redo/#ib_redo0': REDO,
      '#clone/#replace_files': '',
      '#clone/#status_fix': '',
      '#clone/#view_progress': '',
      '#clone/#view_status': stockViewStatus,
      ...files,
    },
  })
}
