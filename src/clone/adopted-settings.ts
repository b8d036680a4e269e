// The server's settings that an adopted clone is restored with, where no server was asked: out of
// its files, and for an increment out of its base. What is not found there is left at its default.

import { join } from 'node:path'
import { ClonectlError } from '../errors.ts'
import { parseMeta } from '../innodb/meta-file.ts'
import { parseTablespaceHeader, TABLESPACE_HEADER_BYTES } from '../innodb/tablespace-header.ts'
import type { BackupPaths } from '../repository/layout.ts'
import type { StoredFile } from '../repository/manifest.ts'
import { readServerFile, type ServerSettings } from '../repository/server-file.ts'
import { readStoredContent } from '../repository/stored-content.ts'
import type { AdoptedDonor, ToldDonor } from './adopted-donor.ts'
import type { FoundClone } from './found-clone.ts'

const MIB = 1024 * 1024

/**
 * innodb_page_size of the server that was cloned, by the file of mysql.ibd. Throws INTEGRITY when
 * the server that was asked has another, or no file tells.
 */
export const pageBytesOf = async (clone: FoundClone, donor: AdoptedDonor): Promise<number> => {
  const found = await readPageBytes(clone)
  const asked = donor.settings?.variables['innodb_page_size']
  if (found !== undefined && (asked === undefined || asked === String(found))) return found
  const what = found === undefined ? 'no page size' : `pages of ${found} bytes`
  throw new ClonectlError(
    'INTEGRITY',
    `mysql.ibd in ${clone.directory} tells of ${what}` +
      (asked === undefined ? '' : `, the server has pages of ${asked}`),
    { hint: 'connect to the server that was cloned', details: { directory: clone.directory } },
  )
}

const readPageBytes = async (clone: FoundClone): Promise<number | undefined> => {
  const { directory, stored } = clone
  const meta = stored.find(({ kind, tablespace }) => kind === 'meta' && tablespace === 'mysql.ibd')
  const whole = stored.find(({ plainName }) => plainName === 'mysql.ibd')
  const file = whole ?? meta
  if (file === undefined) return undefined
  const bytes = await readBeginning(join(directory, file.path), file.codec)
  return file.kind === 'meta'
    ? parseMeta(bytes.toString(), join(directory, file.path)).pageSize
    : parseTablespaceHeader(bytes)?.logicalPageSize
}

const readBeginning = async (path: string, codec: FoundClone['codec']): Promise<Buffer> => {
  let beginning = Buffer.alloc(0)
  for await (const bytes of readStoredContent(path, { codec })) {
    // The buffer is used again for the next one, so it is copied.
    beginning = Buffer.concat([beginning, bytes])
    if (beginning.length >= TABLESPACE_HEADER_BYTES) break
  }
  return beginning
}

export interface SettingsSources {
  readonly pageBytes: number
  /** Of the clone, proven. */
  readonly files: readonly StoredFile[]
  /** For an increment: where its base is. */
  readonly base: BackupPaths | undefined
}

/** The server's own, or put together. Throws INTEGRITY for a full without a system tablespace. */
export const settingsOf = async (
  donor: AdoptedDonor,
  sources: SettingsSources,
): Promise<ServerSettings> => {
  if (donor.settings !== undefined) return donor.settings
  return putTogether(donor.told, sources)
}

const putTogether = async (
  told: ToldDonor,
  { pageBytes, files, base }: SettingsSources,
): Promise<ServerSettings> => {
  const ofBase = base && (await readServerFile(base))
  return {
    variables: {
      ...(base === undefined ? { innodb_data_file_path: dataFilePath(files) } : ofBase?.variables),
      lower_case_table_names: told.lowerCaseTableNames,
      innodb_page_size: String(pageBytes),
      version: told.version,
      server_uuid: told.serverUuid,
    },
    plugins: ofBase?.plugins ?? [],
    components: ofBase?.components ?? null,
  }
}

/** mysqld wants the size of each file but the last; that of the last may be less than it has. */
const dataFilePath = (files: readonly StoredFile[]): string => {
  const found = files
    .flatMap(({ path, sizeBytes, content }) => {
      const [, name = '', number] = /^data\/(ibdata(\d+))(?:\.(?:zstd|lz4))?$/.exec(path) ?? []
      const mebibytes = Math.floor((content?.sizeBytes ?? sizeBytes) / MIB)
      return number === undefined ? [] : [{ name, number: Number(number), mebibytes }]
    })
    .sort((a, b) => a.number - b.number)
  if (found.length === 0)
    throw new ClonectlError('INTEGRITY', 'the clone holds no system tablespace ibdata1', {
      hint: 'where innodb_data_file_path names another file, only the server knows: --ask-server',
    })
  return `${found.map(({ name, mebibytes }) => `${name}:${mebibytes}M`).join(';')}:autoextend`
}
