// NAME.json beside an archived binlog: written last, so that a binlog with one is whole and sealed.

import { z } from 'zod'
import { writeFileAtomic } from '../system/atomic-file.ts'
import { readJsonFile } from '../repository/json-file.ts'
import { binlogFactsSchema } from './binlog-facts.ts'

const sha256 = z.string().regex(/^[\da-f]{64}$/u)

const archivedSchema = binlogFactsSchema.extend({
  format: z.literal(1),
  /** Whose it is; the archive's directory has the same name. */
  serverUuid: z.string(),
  /** Of the binlog itself. */
  sha256,
  /** The file in the archive: the binlog itself, or that compressed. */
  stored: z.object({
    path: z.string(),
    compression: z.enum(['none', 'zstd']),
    sizeBytes: z.int().nonnegative(),
    sha256,
  }),
  sealedAt: z.iso.datetime(),
})

/** A closed binlog in the archive. */
export type ArchivedBinlog = z.infer<typeof archivedSchema>

/** Name of the index entry of a binlog. */
export const entryNameOf = (binlog: string): string => `${binlog}.json`

/** Undefined when there is none. Throws REPOSITORY_UNREADABLE, REPOSITORY_NEWER. */
export const readArchivedBinlog = (path: string): Promise<ArchivedBinlog | undefined> =>
  readJsonFile(archivedSchema, path)

/** Seals: from here on the binlog counts as archived. */
export const writeArchivedBinlog = (path: string, entry: ArchivedBinlog): Promise<void> =>
  writeFileAtomic(path, `${JSON.stringify(entry, undefined, 1)}\n`)
