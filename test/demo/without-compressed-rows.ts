// The changes for GreatSQL, whose increments cannot hold tables with ROW_FORMAT=COMPRESSED.
import type { Change } from './change.ts'

/** The same changes with tables of the usual row format. */
export const withoutCompressedRows = (changes: readonly Change[]): readonly Change[] =>
  changes.map(({ what, sql }) => ({
    what: what.replace('ROW_FORMAT=COMPRESSED with pages of 8 kB', 'in the usual row format'),
    sql: sql
      .replaceAll(/ROW_FORMAT=COMPRESSED KEY_BLOCK_SIZE=8/g, '')
      .replaceAll(/ FILE_BLOCK_SIZE = 8192/g, ''),
  }))
