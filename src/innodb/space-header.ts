// What page 0 of a tablespace file says while the file is still in the making: the id, and how many
// pages the server counts. Unlike `parseTablespaceHeader` it also knows a file that was just created,
// whose first page has ids and flags but no type yet. Sources: fsp0fsp.h (FSP_SPACE_ID, FSP_SIZE),
// fil0fil.cc (fil_ibd_create).

import { FIL_PAGE_DATA, FSP_HDR_PAGE_TYPE, pageNumberOf, pageSpaceId, pageType } from './page.ts'
import { SYSTEM_SPACE_ID } from './space-id.ts'

/** Bytes of page 0 that `readSpaceHeader` needs. */
export const SPACE_HEADER_BYTES = 58

const FSP_SPACE_ID = FIL_PAGE_DATA
const FSP_SIZE = FIL_PAGE_DATA + 8

export interface SpaceHeader {
  readonly spaceId: number
  /** What the server takes for the length of the tablespace; 0 until page 0 is flushed. */
  readonly sizePages: number
}

/** Reads the first bytes of a file; undefined when they do not begin a tablespace. */
export const readSpaceHeader = (firstBytes: Buffer): SpaceHeader | undefined => {
  if (firstBytes.length < SPACE_HEADER_BYTES || pageNumberOf(firstBytes) !== 0) return undefined
  const spaceId = firstBytes.readUInt32BE(FSP_SPACE_ID)
  const type = pageType(firstBytes)
  const isNew = type === 0 && spaceId !== SYSTEM_SPACE_ID
  if (pageSpaceId(firstBytes) !== spaceId || (type !== FSP_HDR_PAGE_TYPE && !isNew))
    return undefined
  return { spaceId, sizePages: firstBytes.readUInt32BE(FSP_SIZE) }
}
