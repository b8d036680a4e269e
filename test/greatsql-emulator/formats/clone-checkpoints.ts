// #clone/#clone_checkpoints: the three LSNs of a backup, and all that INCREMENT BASED DIRECTORY
// reads of its base (GreatSQL clone_client.cc, dump_metadata and read_metadata).

export interface CloneCheckpoints {
  readonly startLsn: bigint
  readonly pageTrackLsn: bigint
  readonly endLsn: bigint
}

/** The exact text. */
export const formatCheckpoints = ({ startLsn, pageTrackLsn, endLsn }: CloneCheckpoints): string =>
  `start_lsn = ${startLsn}\npage_track_lsn = ${pageTrackLsn}\nend_lsn = ${endLsn}\n`

/** As fscanf takes it: keys in this order, any white space or none where the text has a blank. */
const pattern = /^start_lsn\s*=\s*\+?(\d+)\s*page_track_lsn\s*=\s*\+?(\d+)\s*end_lsn\s*=\s*\+?(\d+)/

/** Reads the three numbers; undefined when the server's reader would not find them. */
export const parseCheckpoints = (text: string): CloneCheckpoints | undefined => {
  const [, start, track, end] = pattern.exec(text) ?? []
  if (start === undefined || track === undefined || end === undefined) return undefined
  return { startLsn: BigInt(start), pageTrackLsn: BigInt(track), endLsn: BigInt(end) }
}
