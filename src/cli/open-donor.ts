// The donor that --donor names: its address and password, and a session on it.

import { readFile } from 'node:fs/promises'
import type { DonorAddress, DonorSsl } from '../clone/clone-statement.ts'
import type { RemoteDonor } from '../clone/context.ts'
import { ClonectlError } from '../errors.ts'
import { readOptionFiles } from '../mysql/option-files.ts'
import { openSession } from '../mysql/session.ts'
import type { CommandContext } from './context.ts'

export interface DonorArguments {
  readonly donor: string | undefined
  readonly donorPasswordFile: string | undefined
  readonly donorLoginPath: string | undefined
  readonly donorSsl: DonorSsl
}

const DEFAULT_PORT = 3306

/** Undefined without --donor. Throws USAGE, CONFIG for a password file that cannot be read, SERVER. */
export const openDonor = async (
  context: CommandContext,
  args: DonorArguments,
): Promise<(RemoteDonor & AsyncDisposable) | undefined> => {
  if (args.donor === undefined) return undefined
  const address: DonorAddress = {
    ...parseDonor(args.donor),
    password: await readPassword(context, args),
    ssl: args.donorSsl,
  }
  const { user, host, port, password, ssl } = address
  const session = await openSession({ user, host, port, password, sslMode: ssl })
  return { address, session, [Symbol.asyncDispose]: () => session.close() }
}

/** Reads `user@host:port`. The host goes into the statement as it is written. */
export const parseDonor = (text: string): Pick<DonorAddress, 'user' | 'host' | 'port'> => {
  const [, user, host, digits] = /^(.+)@([^@:/\s]+)(?::(\d{1,5}))?$/s.exec(text) ?? []
  const port = digits === undefined ? DEFAULT_PORT : Number(digits)
  if (user !== undefined && host !== undefined && port >= 1 && port <= 65_535)
    return { user, host, port }
  throw new ClonectlError('USAGE', `--donor ${text} is not of the form USER@HOST:PORT`, {
    hint: 'for example --donor backup@db1:3306',
  })
}

/** Without either option there is none, as with MySQL's own clients. */
const readPassword = async (context: CommandContext, args: DonorArguments): Promise<string> => {
  if (args.donorPasswordFile !== undefined) return firstLineOf(args.donorPasswordFile)
  if (args.donorLoginPath === undefined) return ''
  const options = await readOptionFiles({
    myPrintDefaults: await context.findTool('my_print_defaults'),
    loginPath: args.donorLoginPath,
    noDefaults: true,
    groups: [],
  })
  return options['password'] ?? ''
}

const firstLineOf = async (file: string): Promise<string> => {
  try {
    return (await readFile(file, 'utf8')).split(/\r?\n/, 1)[0] ?? ''
  } catch (cause) {
    const { code = 'unknown error' } = cause as NodeJS.ErrnoException
    throw new ClonectlError('CONFIG', `--donor-password-file ${file} cannot be read: ${code}`, {
      hint: "name a file that you may read, with the donor's password as its first line",
      details: { field: 'donor-password-file', value: file },
      cause,
    })
  }
}
