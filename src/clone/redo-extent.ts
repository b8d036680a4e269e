// From where to where the redo log in a clone reaches. The checkpoint is the LSN up to which the
// clone's pages are complete without redo; the end is its consistency point. Stock MySQL records
// neither anywhere else.

import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { ClonectlError } from '../errors.ts'
import { lastLsnInBlocks } from '../innodb/redo-end.ts'
import {
  parseRedoHeader,
  REDO_BLOCK_BYTES,
  redoFileNumber,
  REDO_HEADER_BYTES,
  type RedoHeader,
} from '../innodb/redo-header.ts'
import type { Lsn } from '../chain/lsn.ts'
import type { FileTree } from '../system/file-tree.ts'

const HEADER_AND_CHECKPOINTS_BYTES = 4096
const CHUNK_BYTES = 1024 * 1024

export interface RedoExtent {
  readonly checkpointLsn: Lsn
  readonly endLsn: Lsn
}

/** Reads the extent of the redo log below `directory`. Throws INTEGRITY when there is none or a gap. */
export const readRedoExtent = async (directory: string, tree: FileTree): Promise<RedoExtent> => {
  const files = tree.files
    .map((file) => ({ path: join(directory, file.path), number: redoFileNumber(file.path) }))
    .filter((file) => file.number !== undefined)
    .sort((a, b) => (a.number ?? 0) - (b.number ?? 0))
  let checkpointLsn: Lsn | undefined
  let endLsn: Lsn | undefined
  for (const { path } of files) {
    const redo = await readRedoFile(path)
    checkpointLsn ??= redo.header.checkpointLsn
    // Files that were made beforehand and not written yet follow the one in use.
    if (endLsn !== undefined && redo.header.startLsn > endLsn) break
    endLsn = redo.endLsn
  }
  if (checkpointLsn !== undefined && endLsn !== undefined && checkpointLsn <= endLsn) {
    return { checkpointLsn, endLsn }
  }
  throw new ClonectlError(
    'INTEGRITY',
    `the redo log in ${directory} reaches from ${checkpointLsn ?? 'nowhere'} to ${endLsn ?? 'nowhere'}`,
    { hint: 'take the backup again', details: { directory } },
  )
}

const readRedoFile = async (
  path: string,
): Promise<{ readonly header: RedoHeader; readonly endLsn: Lsn }> => {
  const file = await open(path, 'r')
  try {
    const first = Buffer.alloc(HEADER_AND_CHECKPOINTS_BYTES)
    const found = await file.read(first, 0, first.length, 0)
    const header = parseRedoHeader(first.subarray(0, found.bytesRead), path)
    const chunk = Buffer.alloc(CHUNK_BYTES)
    let reach = { lsn: header.startLsn, ended: false }
    for (let position = REDO_HEADER_BYTES; !reach.ended; position += CHUNK_BYTES) {
      const { bytesRead } = await file.read(chunk, 0, CHUNK_BYTES, position)
      if (bytesRead < REDO_BLOCK_BYTES) break
      reach = lastLsnInBlocks(chunk.subarray(0, bytesRead), reach.lsn)
    }
    return { header, endLsn: reach.lsn }
  } finally {
    await file.close()
  }
}
