// All that one emulated GreatSQL server knows besides what its real server does.
import type { Instance } from '../../bed/instance.ts'
import type { DonorServer } from '../clone/donor.ts'
import type { Tuning } from '../options.ts'
import type { CloneStatus } from './clone-status.ts'
import type { Release } from './release.ts'
import type { Slots } from './slots.ts'
import { variablesOf, type VariableValue } from './variables.ts'

export interface GreatSql {
  readonly server: Instance
  readonly release: Release
  readonly tuning: Tuning
  /** Values of the variables that the real server has not. */
  readonly variables: Map<string, VariableValue>
  /** Global, read-only, there with or without the plugin. */
  readonly constants: ReadonlyMap<string, VariableValue>
  readonly status: CloneStatus
  readonly recipientSlots: Slots
  readonly donor: DonorServer
  readonly innodbPageSize: number
}

/** What the plugin's variables are after it was loaded. */
export const initialVariables = (release: Release): Map<string, VariableValue> =>
  new Map(Object.entries(variablesOf(release)).map(([name, kind]) => [name, kind.initial]))

/** The real server's plugin is loaded and active. */
export const isPluginActive = async ({ server }: GreatSql): Promise<boolean> => {
  const [[status] = []] = await server.sql(
    "SELECT PLUGIN_STATUS FROM information_schema.PLUGINS WHERE PLUGIN_NAME = 'clone'",
  )
  return status === 'ACTIVE'
}

/** The plugin was unloaded or the server restarted: its memory is gone, leaks and all. */
export const forgetPlugin = (emulated: GreatSql): void => {
  emulated.status.reset()
  emulated.recipientSlots.reset()
  emulated.donor.slots.reset()
  for (const [name, value] of initialVariables(emulated.release)) {
    emulated.variables.set(name, value)
  }
}
