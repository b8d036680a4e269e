// The clone plugin does the copying: without it there is no CLONE statement.

import type { Check, Finding } from '../check.ts'

const STATUS = "SELECT PLUGIN_STATUS FROM information_schema.PLUGINS WHERE PLUGIN_NAME = 'clone'"

const judge = (status: string | null): Finding => {
  if (status === 'ACTIVE') return { state: 'ok', message: 'the clone plugin is active' }
  if (status === null)
    return {
      state: 'fail',
      message: 'the clone plugin is not installed',
      hint: "INSTALL PLUGIN clone SONAME 'mysql_clone.so' on the server, or clonectl doctor --fix",
      fix: ["INSTALL PLUGIN clone SONAME 'mysql_clone.so'"],
    }
  return {
    state: 'fail',
    message: `the clone plugin is ${status}, not ACTIVE`,
    hint: 'Remove --clone=OFF from the server’s options and restart it; its error log has the reason.',
  }
}

/** The server that runs CLONE is the one whose connection options were given. */
const nameRecipient = (finding: Finding): Finding => ({
  ...finding,
  message: `${finding.message}${finding.state === 'ok' ? ' on both servers' : ' on the server that is to run CLONE'}`,
})

/** MySQL manual 7.6.7.1, "Installing the Clone Plugin". */
export const clonePlugin: Check = {
  name: 'clone-plugin',
  run: async ({ session, recipient }) => {
    const finding = judge(await session.value(STATUS))
    if (finding.state !== 'ok' || recipient.session === session) return finding
    return nameRecipient(judge(await recipient.session.value(STATUS)))
  },
}
