// component_mysqlbackup brings the functions that switch page tracking on and off.

import type { Check } from '../check.ts'

const INSTALL = "INSTALL COMPONENT 'file://component_mysqlbackup'"

/** Only page tracking needs the component, so its absence stops nobody who does without. */
export const mysqlbackupComponent: Check = {
  name: 'mysqlbackup-component',
  run: async ({ capabilities, pageTrack }) => {
    if (capabilities.mysqlbackupComponent)
      return { state: 'ok', message: 'component_mysqlbackup is installed' }
    return {
      state: pageTrack ? 'fail' : 'warn',
      message: 'component_mysqlbackup is not installed, so page tracking cannot be switched on',
      hint: `${INSTALL} on the server, or clonectl doctor --fix; clonectl full --no-page-track does without`,
      fix: [INSTALL],
    }
  },
}
