// Which run of the machine this is.

import { readFileSync } from 'node:fs'

/** Changes with every boot (random(4)); undefined where the system does not tell. */
export const bootId = (): string | undefined => {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()
  } catch {
    // Not Linux, or hidden: then nobody can tell one run from another.
    return undefined
  }
}
