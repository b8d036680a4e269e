// What `chain adopt` does: finds out who is to be asked, adopts, and tells what came of it.

import type { AdoptionContext } from '../clone/adopt.ts'
import { adoptClone } from '../clone/adopt.ts'
import type { DonorSource, ToldDonor } from '../clone/adopted-donor.ts'
import { ClonectlError } from '../errors.ts'
import type { CommandResult } from './command.ts'
import type { CommandContext } from './context.ts'
import { backupResult } from './output/backup-result.ts'

export interface AdoptArguments {
  readonly dir: string | undefined
  readonly base: string | undefined
  readonly label: string | undefined
  readonly move: boolean
  readonly askServer: boolean
  readonly serverUuid: string | undefined
  readonly serverVersion: string | undefined
  readonly lowerCaseTableNames: number | undefined
}

export const adoptAndTell = async (
  context: CommandContext,
  args: AdoptArguments,
): Promise<CommandResult> => {
  const { dir, base, label, move } = args
  if (dir === undefined)
    throw new ClonectlError('USAGE', 'clonectl chain adopt needs the directory of a clone', {
      hint: 'give the DATA DIRECTORY of the CLONE statement',
    })
  const adoption = adoptionContextOf(context)
  const adopt = async (donor: DonorSource): Promise<CommandResult> => {
    const outcome = await adoptClone(adoption, { directory: dir, donor, base, label, move })
    return backupResult(outcome, context.elapsedMs())
  }
  if (!args.askServer) return adopt({ kind: 'told', donor: toldDonor(args) })
  await using session = await context.openSession()
  return await adopt({ kind: 'server', session })
}

const adoptionContextOf = (context: CommandContext): AdoptionContext => ({
  repository: context.repositoryPath(),
  reporter: context.reporter,
  clock: context.clock,
  signal: context.signal,
  command: context.commandLine,
  clonectlVersion: context.version,
})

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i
const VERSION = /^\d+\.\d+\.\d+/

/** Whose data it is decides what fits together later, so a slip of the pen is looked for. */
const toldDonor = (args: AdoptArguments): ToldDonor => {
  const { serverUuid, serverVersion: version, lowerCaseTableNames } = args
  if (serverUuid === undefined || version === undefined || lowerCaseTableNames === undefined)
    throw new ClonectlError('USAGE', 'clonectl chain adopt must know whose clone it is', {
      hint: 'give --ask-server, or --server-uuid, --server-version and --lower-case-table-names',
    })
  if (!UUID.test(serverUuid)) throw wrong('server-uuid', serverUuid, 'a UUID such as @@server_uuid')
  if (!VERSION.test(version)) throw wrong('server-version', version, 'a version such as 8.0.32-26')
  return {
    serverUuid: serverUuid.toLowerCase(),
    version,
    lowerCaseTableNames: String(lowerCaseTableNames),
  }
}

const wrong = (option: string, value: string, expected: string): ClonectlError =>
  new ClonectlError('USAGE', `--${option}: expected ${expected}, found ${JSON.stringify(value)}`)
