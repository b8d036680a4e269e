// Names of backups: the UTC instant they were begun at, and what they are. The name is the
// directory's name, so that a listing sorts by time and needs no catalog to be read.

export type BackupType = 'full' | 'increment'

/** A backup's id, such as `UTC20261120T093012.345-full`. */
export type BackupId = string

const SUFFIX = { full: 'full', increment: 'incr' } as const satisfies Record<BackupType, string>
const PATTERN = /^UTC(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})\.(\d{3})-(full|incr)$/

/** The id of a backup begun at this instant; ids of one repository sort by time. */
export const makeBackupId = (begun: Date, type: BackupType): BackupId =>
  `UTC${begun.toISOString().replaceAll(/[-:Z]/g, '')}-${SUFFIX[type]}`

export interface BackupIdParts {
  readonly id: BackupId
  readonly type: BackupType
  readonly begun: Date
}

/** Takes an id apart; undefined for any other name, which clonectl then never touches. */
export const parseBackupId = (name: string): BackupIdParts | undefined => {
  const match = PATTERN.exec(name)
  if (match === null) return undefined
  const [, year, month, day, hour, minute, second, millisecond, suffix] = match
  const begun = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}.${millisecond}Z`)
  const type = suffix === SUFFIX.full ? 'full' : 'increment'
  // Date takes 30 February for 2 March: such a name is none that was made here.
  const isOurs = !Number.isNaN(begun.getTime()) && makeBackupId(begun, type) === name
  return isOurs ? { id: name, type, begun } : undefined
}
