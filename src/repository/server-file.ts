// server.json: the option values of the donor that a restore needs, so that it can be started
// when the donor is gone.

import { z } from 'zod'
import { writeFileAtomic } from '../system/atomic-file.ts'
import { checkSchema, parseJson, readJsonFile } from './json-file.ts'
import type { BackupPaths } from './layout.ts'

const serverSchema = z.object({
  format: z.literal(1),
  /** System variables by name, as text. */
  variables: z.record(z.string(), z.string()),
  /** Plugins that were active and came from a library. */
  plugins: z
    .array(
      z.object({
        name: z.string(),
        type: z.string(),
        library: z.string(),
        /** Whether the donor's mysql.plugin names it; null when the account could not see that. */
        registered: z.boolean().nullable(),
      }),
    )
    .readonly(),
  /** URNs of the installed components; null when the account could not see them. */
  components: z.array(z.string()).readonly().nullable(),
})

export type ServerSettings = Omit<z.infer<typeof serverSchema>, 'format'>

export const writeServerFile = async (
  paths: BackupPaths,
  settings: ServerSettings,
): Promise<void> => {
  const document = { format: 1, ...settings }
  await writeFileAtomic(paths.server, `${JSON.stringify(document, undefined, 1)}\n`)
}

/** Undefined when the backup has none. */
export const readServerFile = (paths: BackupPaths): Promise<ServerSettings | undefined> =>
  readJsonFile(serverSchema, paths.server)

/** Reads the text of one; errors call it `name`. Throws REPOSITORY_UNREADABLE or REPOSITORY_NEWER. */
export const parseServerText = (text: string, name: string): ServerSettings =>
  checkSchema(serverSchema, parseJson(text, name), name)
