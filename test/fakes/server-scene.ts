// A real server as the checks see it: donor and recipient in one.

import { type CheckPlan, checkScene } from '../../src/clone/check-scene.ts'
import type { CheckContext } from '../../src/clone/check.ts'
import { inspectServer } from '../../src/clone/donor.ts'
import type { Session } from '../../src/mysql/session.ts'

export const sceneOf = async (session: Session, plan: CheckPlan): Promise<CheckContext> => {
  const server = await inspectServer(session)
  return checkScene({ donor: server, recipient: server }, plan)
}
