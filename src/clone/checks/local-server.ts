// CLONE LOCAL writes on the server's own machine, so clonectl must run there to read the result.

import type { Check, Finding } from '../check.ts'
import { findLocalDatadir, type LocalDatadir } from '../local-datadir.ts'

const HINT = 'Run clonectl on the machine, and in the container, that the server runs in.'

const judge = (found: LocalDatadir, datadir: string): Finding => {
  switch (found.kind) {
    case 'here':
      return { state: 'ok', message: `the server’s data directory ${datadir} is on this machine` }
    case 'missing':
      return {
        state: 'fail',
        message: `the server’s data directory ${datadir} does not exist on this machine`,
        hint: HINT,
      }
    case 'unreadable':
      return {
        state: 'fail',
        message: `the server’s data directory ${datadir} may not be read, and backups have the same owner`,
        hint: 'Run clonectl as root or as the user mysqld runs as.',
      }
    case 'foreign':
      return {
        state: 'fail',
        message: `${datadir} on this machine is not the server’s: its auto.cnf names ${found.serverUuid ?? 'no server_uuid'}`,
        hint: HINT,
      }
  }
}

export const localServer: Check = {
  name: 'local-server',
  run: async ({ recipient: { identity } }) =>
    judge(await findLocalDatadir(identity), identity.datadir),
}
