// seen.json in an archive: up to when it is known to hold all that its server had committed. On an idle server
// nothing is written, and only this tells that nothing is missing either.

import { join } from 'node:path'
import { z } from 'zod'
import { ClonectlError } from '../errors.ts'
import { readJsonFile } from '../repository/json-file.ts'
import { writeFileAtomic } from '../system/atomic-file.ts'
import { giveTo, type Owner } from '../system/owner.ts'

const seenSchema = z.object({
  format: z.literal(1),
  /** On the server's clock. */
  at: z.iso.datetime(),
  /** The binlog the server wrote to then, and how far it was. */
  name: z.string(),
  sizeBytes: z.int().nonnegative(),
})

/** A moment at which the server was looked at, and where its binlogs ended. */
export interface Seen {
  readonly at: Date
  readonly name: string
  readonly sizeBytes: number
}

const pathIn = (directory: string): string => join(directory, 'seen.json')

/** Undefined when there is none that can be believed: it is worth no more than the time it tells. */
export const readSeen = async (directory: string): Promise<Seen | undefined> => {
  try {
    const found = await readJsonFile(seenSchema, pathIn(directory))
    return found && { at: new Date(found.at), name: found.name, sizeBytes: found.sizeBytes }
  } catch (error) {
    if (error instanceof ClonectlError) return undefined
    throw error
  }
}

/** Replaces the file, once the archive holds everything up to there. */
export const writeSeen = async (directory: string, seen: Seen, owner: Owner): Promise<void> => {
  const { at, name, sizeBytes } = seen
  const text = JSON.stringify({ format: 1, at: at.toISOString(), name, sizeBytes })
  await writeFileAtomic(pathIn(directory), `${text}\n`)
  await giveTo(owner, pathIn(directory))
}
