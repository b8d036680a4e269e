// Every check there is, in the order they are reported, and how they are run.

import { ClonectlError } from '../errors.ts'
import { isConnectionLost } from '../mysql/server-errno.ts'
import type { Check, CheckContext, CheckResult, Finding } from './check.ts'
import { binlog } from './checks/binlog.ts'
import { clonePlugin } from './checks/clone-plugin.ts'
import { cloneEncryption } from './checks/clone-encryption.ts'
import { cloneHistory } from './checks/clone-history.ts'
import { cloneRunning } from './checks/clone-running.ts'
import { compressedTables } from './checks/compressed-tables.ts'
import { encryption } from './checks/encryption.ts'
import { freeSpace } from './checks/free-space.ts'
import { localServer } from './checks/local-server.ts'
import { mysqlbackupComponent } from './checks/mysqlbackup-component.ts'
import { nonInnodbTables } from './checks/non-innodb-tables.ts'
import { pageTracking } from './checks/page-tracking.ts'
import { privileges } from './checks/privileges.ts'
import { redoLogEnabled } from './checks/redo-log-enabled.ts'
import { remoteDonor } from './checks/remote-donor.ts'
import { repositoryPath } from './checks/repository-path.ts'
import { repositoryWritable } from './checks/repository-writable.ts'
import { serverVersion } from './checks/server-version.ts'
import { tablespacesOutside } from './checks/tablespaces-outside.ts'

/** What can refuse a backup first, what is only worth knowing last. */
export const allChecks: readonly Check[] = [
  serverVersion,
  privileges,
  clonePlugin,
  remoteDonor,
  cloneHistory,
  cloneEncryption,
  mysqlbackupComponent,
  redoLogEnabled,
  cloneRunning,
  localServer,
  repositoryPath,
  repositoryWritable,
  freeSpace,
  tablespacesOutside,
  compressedTables,
  nonInnodbTables,
  encryption,
  binlog,
  pageTracking,
]

/**
 * Runs the checks one after the other; none is left out because an earlier one failed. A check
 * that could not look becomes a failure with the reason. Throws SERVER when the connection is
 * lost, since nothing can be found out then.
 */
export const runChecks = async (
  checks: readonly Check[],
  context: CheckContext,
): Promise<readonly CheckResult[]> => {
  const results: CheckResult[] = []
  for (const check of checks) results.push({ name: check.name, ...(await look(check, context)) })
  return results
}

const look = async (check: Check, context: CheckContext): Promise<Finding> => {
  try {
    return await check.run(context)
  } catch (error) {
    if (isConnectionLost(error)) throw error
    return couldNotLook(error)
  }
}

/** Refusals by the server or by the system are findings; anything else is a bug of ours. */
const couldNotLook = (error: unknown): Finding => {
  if (error instanceof ClonectlError) {
    const message = `could not be checked: ${error.message}`
    return { state: 'fail', message, ...(error.hint !== undefined && { hint: error.hint }) }
  }
  if (error instanceof Error && 'syscall' in error) {
    const hint = 'Run clonectl as root or as the user mysqld runs as.'
    return { state: 'fail', message: `could not be checked: ${error.message}`, hint }
  }
  throw error
}
