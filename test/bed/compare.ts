// What must be equal when a copy of a server is said to be right: the tables' rows, the GTID set,
// and the bytes of a directory.
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Instance } from './instance.ts'

/** Any server that can be asked, whoever started it. */
export type Answering = Pick<Instance, 'sql'>

export interface ChecksumOptions {
  /** Also the InnoDB tables of the database `mysql`. */
  readonly system?: boolean
}

const quoteName = (name: string): string => `\`${name.replaceAll('`', '``')}\``

const listTables = async (instance: Answering, system: boolean): Promise<readonly string[]> => {
  const hidden = ['performance_schema', 'information_schema', 'sys', ...(system ? [] : ['mysql'])]
  const rows = await instance.sql(
    `SELECT table_schema, table_name FROM information_schema.tables
     WHERE table_type = 'BASE TABLE' AND (table_schema <> 'mysql' OR engine = 'InnoDB')
       AND table_schema NOT IN (${hidden.map((name) => `'${name}'`).join(', ')})
     ORDER BY 1, 2`,
  )
  return rows.map((row) => row.map(quoteName).join('.'))
}

/** CHECKSUM TABLE of every base table, by `database.table`. Equal rows give equal checksums. */
export const tableChecksums = async (
  instance: Answering,
  { system = false }: ChecksumOptions = {},
): Promise<Map<string, string>> => {
  const tables = await listTables(instance, system)
  if (tables.length === 0) return new Map()
  const rows = await instance.sql(`CHECKSUM TABLE ${tables.join(', ')}`)
  return new Map(rows.map(([table = '', checksum = '']) => [table, checksum]))
}

/** The set of executed GTIDs, on one line. */
export const gtidExecuted = async (instance: Answering): Promise<string> => {
  const [row] = await instance.sql('SELECT @@global.gtid_executed')
  return (row?.[0] ?? '').replaceAll('\n', '')
}

const digestFile = async (path: string, sizeBytes: number): Promise<string> => {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash)
  return `${sizeBytes}:${hash.digest('hex')}`
}

/**
 * Everything below a directory, by path relative to it: a file as `size:sha256`, a directory as
 * `directory`, anything else as `other`. Sorted by path; file contents are streamed.
 */
export const treeDigest = async (dir: string): Promise<Map<string, string>> => {
  const digest = new Map<string, string>()
  const paths = await readdir(dir, { recursive: true })
  for (const path of paths.sort()) {
    const entry = await lstat(join(dir, path))
    if (entry.isFile()) digest.set(path, await digestFile(join(dir, path), entry.size))
    else digest.set(path, entry.isDirectory() ? 'directory' : 'other')
  }
  return digest
}
