// Files grow to the size that their page 0 states: clone_extend_space of GreatSQL's arch0apply.cc.
import { existsSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import type { Applying } from './applying.ts'
import { isCorrupt } from './page-zero.ts'
import { headerOf, readStart, type Space } from './tablespaces.ts'

/** The server reads page 0 into its buffer pool, and a wrong one ends it (buf0buf.cc). */
const requirePageZero = (applying: Applying, space: Space, page: Buffer): void => {
  if (!isCorrupt(page)) return
  const id = `[page id: space=${space.id}, page number=0]`
  applying.log.server({
    level: 'ERROR',
    code: '011906',
    text: `Database page corruption on disk or a failed read of page ${id}. You may have to recover from a backup.`,
  })
  applying.log.server({
    level: 'ERROR',
    code: '011937',
    text: `[FATAL] Unable to read page ${id} into the buffer pool after 100 attempts.`,
  })
  throw applying.crash('ut0ut.cc', 'ib::fatal triggered')
}

const extend = (applying: Applying, space: Space, path: string): void => {
  const header = headerOf(path)
  const pageSize = header?.pageSize ?? applying.settings.pageSize
  if ((header?.zipSize ?? 0) === 0) {
    requirePageZero(applying, space, readStart(path, pageSize))
  }
  const wanted = (header?.sizeInPages ?? 0) * pageSize
  if (wanted > statSync(path).size) truncateSync(path, wanted)
}

export const extendTablespaces = (applying: Applying): void => {
  const { log, incrementalDir, settings, spaces } = applying
  log.apply.info(`extend tablespace in  ${incrementalDir} start`)
  for (const space of spaces.all()) {
    const path = space.path === undefined ? undefined : join(settings.datadir, space.path)
    // Deleted files are still open in the server; nothing of that is left behind.
    if (path !== undefined && existsSync(path)) extend(applying, space, path)
  }
  log.apply.info(`extend tablespace in  ${incrementalDir} complete!`)
}
