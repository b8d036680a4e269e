// What `doctor` does: asks server and repository everything that a backup would stumble over.

import type { CheckResult } from '../clone/check.ts'
import { allChecks, runChecks } from '../clone/checks.ts'
import { checkScene } from '../clone/check-scene.ts'
import { inspectServer } from '../clone/donor.ts'
import type { Session } from '../mysql/session.ts'
import { applyFixes } from './apply-fixes.ts'
import type { CommandResult } from './command.ts'
import type { CommandContext } from './context.ts'
import { doctorResult } from './output/doctor-result.ts'

/** Runs every check; with `fix` also what the failed ones name, and then every check again. */
export const examineServer = async (
  context: CommandContext,
  { fix }: { readonly fix: boolean },
): Promise<CommandResult> => {
  await using session = await context.openSession()
  const checks = await examine(context, session)
  if (!fix) return doctorResult(checks, [])
  const fixes = await applyFixes(session, checks, context.reporter)
  return doctorResult(await examine(context, session), fixes)
}

/** Asks for the capabilities each time, because a fix changes them. */
export const examine = async (
  { settings }: CommandContext,
  session: Session,
): Promise<readonly CheckResult[]> => {
  const server = await inspectServer(session)
  const servers = { donor: server, recipient: server }
  return runChecks(allChecks, checkScene(servers, { repository: settings.repo, pageTrack: true }))
}
