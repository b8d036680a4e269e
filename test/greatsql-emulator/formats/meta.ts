// The .meta file beside every delta: GreatSQL's Clone_Handle::write_delta_metadata (clone0clone.cc)
// writes it, arch0apply.cc reads it.
import type { Tablespace } from './page.ts'

/** What a .meta file says. `undefined`: the line is missing, as the server's reader allows. */
export interface DeltaMeta {
  readonly pageSize: number | undefined
  readonly zipSize: number | undefined
  readonly spaceId: number | undefined
  readonly spaceFlags: number | undefined
}

/** The exact text for a tablespace. */
export const formatMeta = ({ pageSize, zipSize, spaceId, flags }: Tablespace): string =>
  `page_size = ${pageSize}\nzip_size = ${zipSize}\nspace_id = ${spaceId}\nspace_flags = ${flags}\n`

/** Every run of at most 50 characters that are no blanks, and what lies between. */
const pair = /\s*(\S{1,50})(?:\s*=\s*(\S{1,50}))?/y

/** strtoul: digits as far as they go, else 0. */
const toNumber = (text: string): number => Number(/^\+?(\d+)/.exec(text)?.[1] ?? 0)

/**
 * Reads as the server does: "%50s = %50s" again and again, in any order, unknown keys passed over. A
 * key goes up to the next blank, so that `space_id=5` is a key without a value (arch0apply.cc).
 */
export const parseMeta = (text: string): DeltaMeta => {
  const values = new Map<string, number>()
  pair.lastIndex = 0
  for (let match = pair.exec(text); match !== null; match = pair.exec(text)) {
    const [, key = '', value] = match
    if (value !== undefined) values.set(key, toNumber(value))
  }
  return {
    pageSize: values.get('page_size'),
    zipSize: values.get('zip_size'),
    spaceId: values.get('space_id'),
    spaceFlags: values.get('space_flags'),
  }
}
