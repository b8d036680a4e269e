// The server's global variables for the time of one CLONE. GreatSQL has no clause for compression or
// encryption, only globals, so they are set, and set back even when the clone fails; the journal knows the old
// values, so that the next run sets them back should this one be killed.

import type { Compression } from '../codec/compression.ts'
import type { Row, Session } from '../mysql/session.ts'
import { quoteText } from '../mysql/sql-text.ts'
import { ClonectlError } from '../errors.ts'
import type { GlobalValues } from '../repository/run-journal.ts'
import type { EngineJob } from './engine.ts'

/** clone_plugin.cc: the names of the enumeration's values. */
const FILE_COMPRESS = {
  none: 'CLONE_FILE_COMPRESS_NONE',
  zstd: 'CLONE_FILE_COMPRESS_ZSTD',
  lz4: 'CLONE_FILE_COMPRESS_LZ4',
} as const

const ENCRYPT_KEY_PATH = 'clone_encrypt_key_path'

/** What the four compression variables have to be; a number that nobody asked for stays. */
export const compressionGlobals = (compression: Compression | undefined): GlobalValues => ({
  clone_file_compress: FILE_COMPRESS[compression?.codec ?? 'none'],
  ...numberIfAsked('clone_file_compress_threads', compression?.threads),
  ...numberIfAsked('clone_file_compress_zstd_level', compression?.level),
  ...numberIfAsked('clone_file_compress_chunk_size', compression?.chunkBytes),
})

/** The file has been read by then: one with a wrong shape can crash the server (encrypt.cc). */
export const encryptionGlobals = (keyFile: string | undefined): GlobalValues =>
  keyFile === undefined ? {} : { [ENCRYPT_KEY_PATH]: keyFile }

const numberIfAsked = (name: string, value: number | undefined): GlobalValues =>
  value === undefined ? {} : { [name]: String(value) }

/** Does `work` while the globals have these values. Throws LOCKED while another clonectl holds them. */
export const withGlobals = async <Result>(
  job: EngineJob,
  wanted: GlobalValues,
  work: () => Promise<Result>,
): Promise<Result> => {
  const { recipient, run } = job
  await holdServer(recipient.session)
  const found = await readGlobals(recipient.session, Object.keys(wanted))
  const differing = Object.keys(wanted).filter((name) => wanted[name] !== found[name])
  const old = Object.fromEntries(differing.map((name) => [name, found[name] ?? '']))
  const { serverUuid } = recipient.identity
  if (differing.length === 0) return work()
  await run.journal.begin('settings', { globals: { serverUuid, values: old } })
  try {
    for (const name of differing) await setGlobal(recipient.session, name, wanted[name] ?? '')
    return await work()
  } finally {
    await restoreGlobals(job, old)
  }
}

/** The lock ends with the session; it keeps apart two runs on two repositories of one server. */
const holdServer = async (session: Session): Promise<void> => {
  if ((await session.value("SELECT GET_LOCK('clonectl.clone', 0)")) === '1') return
  const holder = await session.value("SELECT IS_USED_LOCK('clonectl.clone')")
  throw new ClonectlError(
    'LOCKED',
    `another clonectl, in session ${holder ?? '(just gone)'}, is cloning with this server`,
    { hint: 'wait until it has ended', details: { session: holder } },
  )
}

const readGlobals = async (session: Session, names: readonly string[]): Promise<GlobalValues> => {
  const list = names.map((name) => quoteText(name)).join(', ')
  const rows = await session.query(`SHOW GLOBAL VARIABLES WHERE Variable_name IN (${list})`)
  const pair = (row: Row): [string, string] => [row['Variable_name'] ?? '', row['Value'] ?? '']
  return Object.fromEntries(rows.map(pair))
}

/** Names come from this file, or from a journal that was checked against it. */
const setGlobal = async (session: Session, name: string, value: string): Promise<void> => {
  const isUnset = name === ENCRYPT_KEY_PATH && value === ''
  const text = isUnset ? 'NULL' : /^\d+$/.test(value) ? value : quoteText(value)
  await session.query(`SET GLOBAL ${name} = ${text}`)
}

/** On a session of its own: the one that cloned may have been lost. A failure must not hide the clone's own. */
const restoreGlobals = async ({ context }: EngineJob, old: GlobalValues): Promise<void> => {
  try {
    await using session = await context.openSession()
    await setGlobals(session, old)
  } catch (error) {
    const values = Object.entries(old).map(([name, value]) => `${name} = ${value}`)
    context.reporter.warn(
      `could not set the server's variables back to ${values.join(', ')}: ${String(error)}`,
      { hint: 'set them by hand: SET GLOBAL name = value' },
    )
  }
}

/** Sets the values that a journal names; a name that is none of this file's is left alone. */
export const setGlobals = async (session: Session, values: GlobalValues): Promise<void> => {
  for (const [name, value] of Object.entries(values))
    if (name === ENCRYPT_KEY_PATH || /^clone_file_compress[a-z_]*$/.test(name))
      await setGlobal(session, name, value)
}
