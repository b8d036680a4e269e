// CLONE as a statement of a client: what is checked before it begins, and who does what in it.
import type { FileKey } from '../formats/key-file.ts'
import { makeEncrypter } from '../formats/xbcrypt.ts'
import type { Client, Outcome } from '../protocol/conversation.ts'
import { SqlError } from '../protocol/sql-error.ts'
import { parseClone, type CloneStatement } from '../sql/clone-statement.ts'
import type { CloneEntry } from '../server/clone-status.ts'
import type { GreatSql } from '../server/greatsql.ts'
import type { Writing } from './codec-writer.ts'
import { makeDestination } from './destination.ts'
import { makeDonor, type Donor, type DonorRequest } from './donor.ts'
import { writeHistory } from './history.ts'
import { interrupted } from './real-clone.ts'
import { makeRemoteDonor } from './remote-donor.ts'
import { checkDataDirectory, checkDonorList, readBase } from './refusals.ts'
import { runClone } from './run-clone.ts'
import {
  checkModes,
  checkRights,
  compressModeOf,
  donorList,
  ownDirectories,
  refuseReplacement,
  SilentConflict,
} from './server-opinion.ts'
import { dropAnchor } from './session-anchor.ts'

const done: Outcome = { kind: 'forward', text: 'DO 0' }

/** START_LSN of the statement, or the base's PAGE_TRACK_LSN: 0 makes a full without a word. */
const startOf = async ({ baseDirectory, startLsn }: CloneStatement): Promise<bigint> =>
  baseDirectory === undefined ? startLsn : (await readBase(baseDirectory)).pageTrackLsn

interface Planned {
  readonly statement: CloneStatement
  /** DATA DIRECTORY, without slashes at its end. */
  readonly dir: string
  /** To encrypt with. */
  readonly key: FileKey | undefined
  readonly startLsn: bigint
}

const beginEntry = (emulated: GreatSql, client: Client, plan: Omit<Planned, 'startLsn'>) => {
  const { donor } = plan.statement
  emulated.recipientSlots.take()
  return emulated.status.begin({
    pid: client.connectionId,
    source: donor ? `${donor.host}:${donor.port}` : 'LOCAL INSTANCE',
    destination: `${plan.dir}${emulated.tuning.destinationSlash ? '/' : ''}`,
  })
}

const chooseDonor = (emulated: GreatSql, plan: Planned): Donor => {
  const full = plan.startLsn === 0n
  const request: DonorRequest = {
    pageTrack: plan.statement.pageTrack,
    startLsn: plan.startLsn,
    withDeltas: full && compressModeOf(emulated) !== 'none',
  }
  const { donor } = plan.statement
  return donor ? makeRemoteDonor(emulated, donor, request) : makeDonor(emulated.donor, request)
}

const makeWriting = (emulated: GreatSql, key: FileKey | undefined): Writing => {
  const chunk = BigInt(emulated.variables.get('clone_file_compress_chunk_size') ?? 65_536)
  return {
    form: key ? 'xbcrypt' : compressModeOf(emulated),
    chunkBytes: Number(BigInt.asUintN(32, chunk)),
    encrypter: key && makeEncrypter(key, emulated.tuning.encryptedTails),
  }
}

const makeLayout = (emulated: GreatSql, { dir, key, startLsn }: Planned) => {
  const mode = compressModeOf(emulated)
  const full = startLsn === 0n
  return {
    dir,
    writing: makeWriting(emulated, key),
    deltas: !full || mode !== 'none',
    tasks: full ? emulated.tuning.fullDeltaTasks : emulated.tuning.deltaTasks,
    innodbPageSize: emulated.innodbPageSize,
  }
}

/** From here on the clone has its slot and its row in clone_status. */
const perform = async (
  emulated: GreatSql,
  client: Client,
  text: string,
  plan: Planned,
  entry: CloneEntry,
): Promise<Outcome> => {
  const { statement, startLsn } = plan
  const anchor = dropAnchor(client, emulated.server, text)
  const lost = new AbortController()
  if (emulated.tuning.clientLost === 'aborts')
    void client.gone.then(() => lost.abort(interrupted()))
  const increment = startLsn !== 0n
  const shifted = statement.donor === undefined && statement.baseDirectory !== undefined
  try {
    const job = {
      emulated,
      donor: chooseDonor(emulated, plan),
      destination: makeDestination(makeLayout(emulated, plan)),
      entry,
      dir: plan.dir,
      full: !increment,
      skipsFileCopy: increment && !shifted,
      remote: statement.donor !== undefined,
      signal: AbortSignal.any([anchor.signal, lost.signal]),
    }
    const error = await runClone(job, (row, full) => writeHistory(emulated.server, row, full))
    return error ? { kind: 'error', error } : done
  } finally {
    emulated.recipientSlots.give()
    await anchor.release()
  }
}

const execute = async (emulated: GreatSql, client: Client, text: string): Promise<Outcome> => {
  const statement = parseClone(text)
  const { donor, dataDirectory } = statement
  if (dataDirectory === undefined) return refuseReplacement(client)
  await checkRights(client)
  checkDataDirectory(dataDirectory, await ownDirectories(emulated))
  const dir = dataDirectory.replace(/\/+$/, '')
  if (donor === undefined) {
    const key = await checkModes(emulated, true)
    const entry = beginEntry(emulated, client, { statement, dir, key })
    // When this fails, slot and row stay as they are: the plugin returns without closing them
    // (clone_local.cc).
    const startLsn = await startOf(statement)
    return perform(emulated, client, text, { statement, dir, key, startLsn }, entry)
  }
  checkDonorList(await donorList(emulated), donor.host, donor.port)
  const key = await checkModes(emulated, false)
  const startLsn = await startOf(statement)
  const entry = beginEntry(emulated, client, { statement, dir, key })
  return perform(emulated, client, text, { statement, dir, key, startLsn }, entry)
}

/** Answers a CLONE statement. */
export const answerClone = async (
  emulated: GreatSql,
  client: Client,
  text: string,
): Promise<Outcome> => {
  try {
    return await execute(emulated, client, text)
  } catch (error) {
    if (error instanceof SqlError) return { kind: 'error', error }
    if (error instanceof SilentConflict) return done
    throw error
  }
}
