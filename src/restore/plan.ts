// A restore worked out and shown, not done.

import { draftRestore } from './draft.ts'
import type { RestoreContext, RestorePlan, RestoreRequest } from './request.ts'

/** Plans a restore; changes nothing. What stands against it is listed in `refusals`. */
export const planRestore = async (
  context: RestoreContext,
  request: RestoreRequest,
): Promise<RestorePlan> => (await draftRestore(context, request)).plan
