// The options that every command takes, in the groups in which the help shows them.

import type { OptionSpec } from '../config/option-spec.ts'
import { connectionOptions, optionFileOptions, ownOptions } from '../config/option-table.ts'

export interface SharedOption {
  readonly name: string
  readonly group: 'General:' | 'Option files:' | 'Connection:'
  readonly spec: OptionSpec
}

const grouped = (
  group: SharedOption['group'],
  specs: Readonly<Record<string, OptionSpec>>,
): readonly SharedOption[] => Object.entries(specs).map(([name, spec]) => ({ name, group, spec }))

const { basedir, ...whichFiles } = optionFileOptions

export const sharedOptions: readonly SharedOption[] = [
  ...grouped('General:', { ...ownOptions, basedir }),
  ...grouped('Option files:', whichFiles),
  ...grouped('Connection:', connectionOptions),
]
