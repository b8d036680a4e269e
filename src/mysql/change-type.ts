// The ways in which a transaction changes a table.

/** A statement may be several at once: ALTER TABLE can drop partitions, or rename. */
export const changeTypes = [
  'drop',
  'truncate',
  'delete',
  'update',
  'insert',
  'alter',
  'create',
  'rename',
] as const

export type ChangeType = (typeof changeTypes)[number]
