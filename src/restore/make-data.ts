// Makes the data directory of a restore on its stage, one way or the other: from recipes when the
// manifest knows what every file must be, by applying increments when only the server could know.

import type { StoredKey } from '../cipher/stored-key.ts'
import { sumBytes } from '../repository/manifest.ts'
import type { ServerSettings } from '../repository/server-file.ts'
import { listTree } from '../system/file-tree.ts'
import type { Owner } from '../system/owner.ts'
import { buildByApplying } from './build-by-applying.ts'
import { buildStage } from './build-stage.ts'
import { applierFor } from './choose-applier.ts'
import type { RestoreContext, RestoreRequest } from './request.ts'
import type { Selection } from './select-chain.ts'
import type { WorkingStage } from './stage.ts'

export interface MakeRequest {
  readonly stage: WorkingStage
  readonly selection: Selection
  readonly owner: Owner
  readonly settings: ServerSettings
  /** Undefined when nothing is encrypted. */
  readonly key: StoredKey | undefined
}

export interface MadeData {
  readonly files: number
  readonly bytes: number
}

/** Makes `stage.data`, every file of it proved. Throws INTEGRITY, PROCESS, CANCELLED. */
export const makeData = async (
  context: RestoreContext,
  request: Pick<RestoreRequest, 'apply' | 'parallel'>,
  { stage, selection, owner, settings, key }: MakeRequest,
): Promise<MadeData> => {
  const { lineage, recipes } = selection
  const { parallel } = request
  const emptyDirectories = lineage.at(-1)?.manifest.result?.emptyDirectories ?? []
  const by = applierFor(request, selection)
  if (recipes !== undefined)
    await buildStage(context, { data: stage.data, recipes, emptyDirectories, owner, parallel, key })
  else if (by !== undefined)
    await buildByApplying(context, {
      ...{ stage, lineage, by, owner, settings, parallel, key },
    })
  const { files } = await listTree(stage.data)
  return { files: files.length, bytes: sumBytes(files) }
}
