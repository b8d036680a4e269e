// The account a replay connects with. The restored instance knows only the donor's accounts and
// nobody told us their passwords, so one with a random name and password is made by init_file and
// dropped before the instance is stopped.

import { randomBytes } from 'node:crypto'
import type { Session } from '../../mysql/session.ts'
import { quoteText } from '../../mysql/sql-text.ts'
import { giveTo, type Owner } from '../../system/owner.ts'
import { writeSecretFile } from '../../system/secret-file.ts'

export interface ReplayAccount {
  readonly user: string
  readonly password: string
  /** Makes the account when mysqld starts; holds the password. */
  readonly initFile: string
}

/** What its name looks like, as a regular expression. */
export const REPLAY_USER_PATTERN = 'clonectl_[0-9a-f]{16}'

/** Chooses the account and writes the file into `directory`, readable by mysqld's user only. */
export const makeReplayAccount = async (
  directory: string,
  owner: Owner,
): Promise<ReplayAccount> => {
  const user = `clonectl_${randomBytes(8).toString('hex')}`
  // All kinds of characters, for servers that insist on them.
  const password = `${randomBytes(24).toString('hex')}-Aa1`
  const initFile = await writeSecretFile(
    directory,
    'replay-account.sql',
    [
      `CREATE USER '${user}'@'localhost' IDENTIFIED WITH caching_sha2_password BY '${password}';`,
      `GRANT ALL ON *.* TO '${user}'@'localhost' WITH GRANT OPTION;`,
      '',
    ].join('\n'),
  )
  await giveTo(owner, initFile)
  return { user, password, initFile }
}

/** The restored server must not keep it. Nothing happens when it is gone. */
export const dropReplayUser = async (session: Session, user: string): Promise<void> => {
  await session.query(`DROP USER IF EXISTS ${quoteText(user)}@'localhost'`)
}
