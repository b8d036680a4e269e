// Serves as the donor of other emulators: the counterpart of remote-donor.ts.
import type { Client, Outcome } from '../protocol/conversation.ts'
import { SqlError } from '../protocol/sql-error.ts'
import type { GreatSql } from '../server/greatsql.ts'
import { makeDonor, type Donor } from './donor.ts'
import { materialQuery, type parseDonorStatement } from './donor-wire.ts'
import { checkRights } from './server-opinion.ts'
import { checkPacket, readProfile } from './server-profile.ts'

type DonorStatement = NonNullable<ReturnType<typeof parseDonorStatement>>

/** The clone that each client's connection serves. */
const running = new WeakMap<Client, Donor>()

const noError = new AbortController().signal

const begin = async (
  emulated: GreatSql,
  client: Client,
  { request }: DonorStatement,
): Promise<unknown> => {
  // The donor's account needs BACKUP_ADMIN, and the donor the plugin: its real server says so.
  await checkRights(client)
  const profile = await readProfile(emulated)
  checkPacket(profile)
  const donor = makeDonor(emulated.donor, request)
  await donor.begin()
  running.set(client, donor)
  void client.gone.then(donor.end)
  return profile
}

const perform = async (
  emulated: GreatSql,
  client: Client,
  statement: DonorStatement,
): Promise<unknown> => {
  if (statement.verb === 'BEGIN') return begin(emulated, client, statement)
  const donor = running.get(client)
  if (donor === undefined) throw new SqlError(3863, 'HY000', 'Clone Protocol Error: no clone.')
  return statement.verb === 'FILE COPY' ? donor.fileCopy(noError) : donor.pageCopy(noError)
}

/** Answers a statement of another emulator with a row of material. */
export const answerDonor = async (
  emulated: GreatSql,
  client: Client,
  statement: DonorStatement,
): Promise<Outcome> => {
  try {
    return { kind: 'forward', text: materialQuery(await perform(emulated, client, statement)) }
  } catch (error) {
    if (error instanceof SqlError) return { kind: 'error', error }
    return { kind: 'error', error: new SqlError(1815, 'HY000', `Internal error: ${String(error)}`) }
  }
}
