// Who applies the increments of a restore, and whether they can.

import { ClonectlError } from '../errors.ts'
import type { ApplierName } from './applier.ts'
import { requireGreatsql } from './greatsql-mysqld.ts'
import type { RestoreContext, RestoreRequest } from './request.ts'
import { requireSafePath } from './safe-path.ts'
import type { Selection } from './select-chain.ts'
import { stagePathsOf } from './stage.ts'

/** Undefined when nothing that the server made has to be applied. */
export const applierFor = (
  { apply }: Pick<RestoreRequest, 'apply'>,
  selection: Pick<Selection, 'recipes'>,
): ApplierName | undefined => (selection.recipes === undefined ? (apply ?? 'mysqld') : undefined)

/**
 * Makes sure, before anything is written, that the increments can be applied as it was asked for.
 * Returns what should be known before. Throws USAGE, PATH_FORBIDDEN, TOOL_MISSING or PREFLIGHT.
 */
export const requireApplier = async (
  context: RestoreContext,
  request: RestoreRequest,
  selection: Selection,
  target: string | undefined,
): Promise<readonly string[]> => {
  if (request.apply === 'mysqld' && selection.tip.engine === 'mysql') throw notForMysqld(selection)
  if (applierFor(request, selection) !== 'mysqld') return []
  if (target !== undefined) {
    const { data, increment } = stagePathsOf(target)
    for (const path of [data, increment]) requireSafePath(path)
  }
  const mysqld = await findMysqld(context)
  const version = await requireGreatsql(mysqld, context.signal)
  const donor = selection.tip.serverVersion
  return version === donor
    ? []
    : [`${mysqld} is of version ${version}, the backups are of ${donor}: it should be the same`]
}

const notForMysqld = ({ tip }: Selection): ClonectlError =>
  new ClonectlError('USAGE', `${tip.id} was made by clonectl, and no mysqld can apply it`, {
    hint: 'leave out --apply mysqld',
  })

/** Throws TOOL_MISSING with the way to do without it. */
export const findMysqld = async ({
  findTool,
}: Pick<RestoreContext, 'findTool'>): Promise<string> => {
  try {
    return await findTool('mysqld')
  } catch (error) {
    if (!(error instanceof ClonectlError) || error.code !== 'TOOL_MISSING') throw error
    throw new ClonectlError('TOOL_MISSING', error.message, {
      hint: 'name an installation of GreatSQL with --basedir, or apply without it: --apply native',
      details: error.details,
      cause: error,
    })
  }
}
