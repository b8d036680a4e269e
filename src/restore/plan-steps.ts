// The steps of a restore as a plan shows them.

import type { BinlogOutlook } from './replay/binlog-outlook.ts'
import { applyingSteps } from './applying-steps.ts'
import { applierFor } from './choose-applier.ts'
import { counted } from './counted.ts'
import type { FileRecipe } from './layers.ts'
import type { PlanStep, RestoreRequest } from './request.ts'
import type { Selection } from './select-chain.ts'
import { describeTarget, isRecovery } from './target.ts'

/** The steps in their order, with the bytes each has to move or read. */
export const planSteps = (
  request: RestoreRequest,
  selection: Selection | undefined,
  outlook: BinlogOutlook | undefined,
): readonly PlanStep[] => {
  if (selection === undefined) return []
  return [
    ...(selection.recipes === undefined
      ? applyingSteps(selection.lineage, applierFor(request, selection) ?? 'mysqld')
      : recipeSteps(selection, selection.recipes)),
    ...replaySteps(request, outlook),
    { step: 'publish', what: `rename to ${request.targetDir}`, bytes: 0 },
    ...(request.start
      ? [{ step: 'start', what: 'start mysqld and leave it running', bytes: 0 }]
      : []),
  ]
}

const recipeSteps = (
  { tip, lineage }: Selection,
  recipes: readonly FileRecipe[],
): readonly PlanStep[] => {
  const deltas = recipes.flatMap((recipe) => recipe.deltas)
  const deltaBytes = deltas.reduce((sum, delta) => sum + delta.pages * delta.pageBytes, 0)
  const copied = recipes.filter((recipe) => recipe.whole !== undefined)
  const copiedBytes = copied.reduce((sum, recipe) => sum + (recipe.whole?.limitBytes ?? 0), 0)
  const stage = {
    step: 'stage',
    what: `copy ${counted(copied.length, 'file')} of ${lineage[0]?.manifest.id ?? tip.id}${lineage.length > 1 ? ' and later backups' : ''}`,
    bytes: copiedBytes,
  }
  const merge = {
    step: 'merge',
    what: `lay the pages of ${counted(lineage.length - 1, 'increment')} over them, newest first`,
    bytes: deltaBytes,
  }
  const prove = {
    step: 'prove',
    what: `compare ${counted(recipes.length, 'file')} with the manifest`,
    bytes: recipes.reduce((sum, recipe) => sum + recipe.result.sizeBytes, 0),
  }
  return lineage.length > 1 ? [stage, merge, prove] : [stage, prove]
}

const replaySteps = (
  { target }: RestoreRequest,
  outlook: BinlogOutlook | undefined,
): readonly PlanStep[] => {
  if (!isRecovery(target)) return []
  const bytes = outlook?.binlogs.reduce((sum, file) => sum + file.to - file.from, 0) ?? 0
  const files = outlook?.binlogs.length ?? 0
  return [
    {
      step: 'replay',
      what: `start a private mysqld and replay ${counted(files, 'binlog')} up to ${describeTarget(target)}`,
      bytes,
    },
  ]
}
