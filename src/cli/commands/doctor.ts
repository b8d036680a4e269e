// clonectl doctor: the checks that are made before a backup, by themselves.

import type { CheckContext } from '../../clone/check.ts'
import type { Session } from '../../mysql/session.ts'
import { defineCommand } from '../command.ts'
import type { CommandContext } from '../context.ts'

export const doctor = defineCommand({
  name: 'doctor',
  describe: 'Check whether backups of this server can be taken',
  options: {
    fix: { kind: 'boolean', describe: 'Run the statements that the failed checks name' },
  },
  connects: true,
  locks: 'none',
  examples: [
    { command: 'clonectl doctor --repo /backup/shop', about: 'Server and repository' },
    { command: 'clonectl doctor --fix', about: 'Install the plugin and the component, too' },
  ],
  errors: ['CONFIG', 'SERVER', 'PREFLIGHT'],
  async run(args, context) {
    const { allChecks, runChecks } = await import('../../clone/checks.ts')
    const { doctorResult } = await import('../output/doctor-result.ts')
    await using session = await context.openSession()
    const checks = await runChecks(allChecks, await checkContextOf(context, session))
    if (!args.fix) return doctorResult(checks, [])
    const { applyFixes } = await import('../apply-fixes.ts')
    const fixes = await applyFixes(session, checks, context.reporter)
    // Asked anew: what a fix installs changes what the server says it can do.
    return doctorResult(await runChecks(allChecks, await checkContextOf(context, session)), fixes)
  },
})

const checkContextOf = async (context: CommandContext, session: Session): Promise<CheckContext> => {
  const { readIdentity } = await import('../../mysql/server-identity.ts')
  const { readCapabilities } = await import('../../mysql/capabilities.ts')
  return {
    session,
    identity: await readIdentity(session),
    capabilities: await readCapabilities(session),
    repository: context.settings.repo,
    pageTrack: true,
  }
}
