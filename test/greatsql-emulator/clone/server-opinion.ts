// What the real server and the plugin's settings say to a CLONE before it begins.
import type { CompressMode } from '../formats/backup-names.ts'
import type { FileKey } from '../formats/key-file.ts'
import type { Client } from '../protocol/conversation.ts'
import { SqlError } from '../protocol/sql-error.ts'
import type { GreatSql } from '../server/greatsql.ts'
import { loadKeyFile, systemConfig } from './refusals.ts'

/** A probe's path is not absolute: whoever may clone is told that, and nothing else happens. */
const WRONG_PATH = 1525

/** The real server's opinion on plugin and privileges. @throws SqlError 1524, 1227. */
export const checkRights = async (client: Client): Promise<void> => {
  const { error } = await client.ask("CLONE LOCAL DATA DIRECTORY = 'relative'")
  if (error !== undefined && error.errno !== WRONG_PATH) throw error
}

/** Replacing a server's own data is checked for its privilege and then refused. */
export const refuseReplacement = async (client: Client): Promise<never> => {
  const { error } = await client.ask(
    "CLONE INSTANCE FROM 'nobody'@'emulator.invalid':1 IDENTIFIED BY ''",
  )
  if (error?.errno === 1227 || error?.errno === 1524) throw error
  throw new SqlError(1235, '42000', 'The emulator does not replace the data of its own server')
}

const compressModes: Readonly<Record<string, CompressMode>> = {
  CLONE_FILE_COMPRESS_NONE: 'none',
  CLONE_FILE_COMPRESS_LZ4: 'lz4',
  CLONE_FILE_COMPRESS_ZSTD: 'zstd',
}

export const compressModeOf = ({ variables }: GreatSql): CompressMode =>
  compressModes[String(variables.get('clone_file_compress'))] ?? 'none'

export const ownDirectories = async ({ server }: GreatSql): Promise<readonly string[]> => {
  const [row = []] = await server.sql('SELECT @@datadir, @@innodb_undo_directory')
  return row.map((path) => (path.startsWith('/') ? path : `${server.datadir}/${path}`))
}

export const donorList = async ({ server }: GreatSql): Promise<string | null> => {
  const [[list = 'NULL'] = []] = await server.sql('SELECT @@GLOBAL.clone_valid_donor_list')
  return list === 'NULL' ? null : list
}

/** The conflict of the two modes, told to a local clone only: its message is lost in the other. */
export class SilentConflict extends Error {}

/**
 * The key to encrypt with, if any.
 * @throws SqlError 3869, SilentConflict.
 */
export const checkModes = async (
  emulated: GreatSql,
  local: boolean,
): Promise<FileKey | undefined> => {
  const keyPath = String(emulated.variables.get('clone_encrypt_key_path') ?? '')
  if (keyPath === '') return undefined
  if (compressModeOf(emulated) !== 'none') {
    const conflict = systemConfig(
      'Currently, not supported enable compress and encrypt at the same time.\n',
    )
    throw local || emulated.tuning.conflictOnInstance === 'error' ? conflict : new SilentConflict()
  }
  return loadKeyFile(keyPath)
}
