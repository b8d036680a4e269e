// What the account must be allowed to do, all of it named at once with the statements that grant it.

import { hasPrivilege, READ_PERFORMANCE_SCHEMA } from '../../mysql/privileges.ts'
import type { Session } from '../../mysql/session.ts'
import { quoteName } from '../../mysql/sql-text.ts'
import type { Check, Finding } from '../check.ts'
import type { Server } from '../donor.ts'

/** CLONE and log_status need BACKUP_ADMIN; information_schema.FILES and INNODB_TABLESPACES need PROCESS. */
const DONOR = ['BACKUP_ADMIN', 'PROCESS'] as const

export const privileges: Check = {
  name: 'privileges',
  run: async ({ session, capabilities, recipient, engine, compression, encryption }) => {
    const donor = { session, capabilities, required: [...DONOR, READ_PERFORMANCE_SCHEMA] }
    const cloning = [
      'BACKUP_ADMIN',
      // GreatSQL compresses and encrypts by global variables, clonectl by itself.
      ...((compression ?? encryption) && engine === 'greatsql' ? ['SYSTEM_VARIABLES_ADMIN'] : []),
    ]
    if (recipient.session === session)
      return judge({ ...donor, required: [...new Set([...donor.required, ...cloning])] })
    const finding = await judge(donor)
    return finding.state === 'ok' ? judge({ ...recipient, required: cloning }) : finding
  },
}

interface Requirement extends Pick<Server, 'session' | 'capabilities'> {
  readonly required: readonly string[]
}

const judge = async ({ session, capabilities, required }: Requirement): Promise<Finding> => {
  const missing = required.filter((name) => !mayAct(capabilities, name))
  const account = await readAccount(session)
  if (missing.length === 0)
    return { state: 'ok', message: `${account} has every privilege a backup needs` }
  return {
    state: 'fail',
    message: `${account} lacks ${missing.join(', ')}`,
    hint: `As an administrator: ${grantsOf(missing, account).join('; ')}`,
  }
}

/** SUPER still sets global variables. */
const mayAct = ({ privileges }: Server['capabilities'], name: string): boolean =>
  hasPrivilege(privileges, name) ||
  (name === 'SYSTEM_VARIABLES_ADMIN' && hasPrivilege(privileges, 'SUPER'))

/** The account the server took the session for, quoted. Host names hold no at sign; user names may. */
const readAccount = async (session: Session): Promise<string> => {
  const text = (await session.value('SELECT CURRENT_USER()')) ?? '@'
  const at = text.lastIndexOf('@')
  const user = text.slice(0, at)
  return `${user === '' ? "''" : quoteName(user)}@${quoteName(text.slice(at + 1))}`
}

const grantsOf = (missing: readonly string[], account: string): readonly string[] => {
  const global = missing.filter((name) => name !== READ_PERFORMANCE_SCHEMA)
  return [
    ...(global.length > 0 ? [`GRANT ${global.join(', ')} ON *.* TO ${account}`] : []),
    ...(global.length < missing.length
      ? [`GRANT SELECT ON performance_schema.* TO ${account}`]
      : []),
  ]
}
