// The names of the directories in the archive: a server's UUID, and after it when a history of it ended.

export interface ArchiveName {
  readonly serverUuid: string
  /** When it was found that the server had begun anew; null while it goes on. RFC 3339, UTC. */
  readonly endedAt: string | null
}

const pattern =
  /^([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})(?:\.until-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z)?$/u

/** Undefined for what is no archive's directory. */
export const parseArchiveName = (name: string): ArchiveName | undefined => {
  const [, serverUuid, year, ...rest] = pattern.exec(name) ?? []
  if (serverUuid === undefined) return undefined
  if (year === undefined) return { serverUuid, endedAt: null }
  const [month = '', day = '', hour = '', minute = '', second = ''] = rest
  const ended = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  return Number.isNaN(ended.getTime()) ? undefined : { serverUuid, endedAt: ended.toISOString() }
}

/** Name for a history that was found to have ended at `endedAt`: "UUID.until-20261120T093012Z". */
export const endedArchiveName = (serverUuid: string, endedAt: Date): string =>
  `${serverUuid}.until-${basicTime(endedAt)}`

/** "20261120T093012Z": an instant as a part of a name. */
export const basicTime = (instant: Date): string =>
  instant.toISOString().replaceAll(/[-:]|\.\d+/gu, '')
