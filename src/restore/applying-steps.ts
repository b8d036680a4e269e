// The steps of a restore that applies increments of the server, as a plan shows them.

import type { ApplierName } from './applier.ts'
import { counted } from './counted.ts'
import type { SealedBackup } from './layers.ts'
import type { PlanStep } from './request.ts'
import { contentBytes, deltaBytes, holdsDeltas } from './stage-bytes.ts'
import { stagedFiles } from './stage-content.ts'

/** From the full to the last increment. */
export const applyingSteps = (
  lineage: readonly SealedBackup[],
  by: ApplierName,
): readonly PlanStep[] => {
  const [full, ...increments] = lineage
  if (full === undefined) return []
  const pages = lineage.reduce((sum, backup) => sum + deltaBytes(backup), 0)
  return [
    stagingStep(full),
    ...(holdsDeltas(full) ? [prepareStep(full, by)] : []),
    ...increments.flatMap((backup, index) => [
      stagingStep(backup),
      {
        step: `apply ${index + 1}`,
        what: `apply ${backup.manifest.id} by ${whoIs(by)}`,
        bytes: deltaBytes(backup),
      },
    ]),
    { step: 'prove', what: 'compare every page with what was applied', bytes: pages },
  ]
}

const stagingStep = (backup: SealedBackup): PlanStep => {
  const files = stagedFiles(backup)
  const isCompressed = files.some(({ codec }) => codec !== undefined)
  return {
    step: isCompressed ? 'decompress' : 'stage',
    what: `${isCompressed ? 'decompress' : 'copy'} ${counted(files.length, 'file')} of ${backup.manifest.id}`,
    bytes: contentBytes(backup),
  }
}

const prepareStep = (full: SealedBackup, by: ApplierName): PlanStep => ({
  step: 'prepare',
  what: `apply what changed while ${full.manifest.id} was taken, by ${whoIs(by)}`,
  bytes: deltaBytes(full),
})

const whoIs = (by: ApplierName): string => (by === 'mysqld' ? 'mysqld' : 'clonectl itself')
