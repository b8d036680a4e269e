// What `doctor --nagios` does: looks at the repository and at the server, each for as long as the time
// limit allows, and makes one line of it. It never throws: what it cannot find out is UNKNOWN.

import type { CheckResult } from '../clone/check.ts'
import { ClonectlError } from '../errors.ts'
import type { CommandResult } from './command.ts'
import type { CommandContext } from './context.ts'
import { examine } from './examine-server.ts'
import { type AgeLimits, judgeRepository, type RepositoryJudgement } from './judge-repository.ts'
import { observeRepository, type RepositoryObservation } from './observe-repository.ts'
import { type NagiosFinding, nagiosResult } from './output/nagios-result.ts'
import { readDuration } from './read-duration.ts'
import type { Settings } from './read-settings.ts'
import { withinTime } from './within-time.ts'

export interface NagiosArguments {
  readonly warnAge: string
  readonly critAge: string
  readonly warnVerifyAge: string | undefined
  readonly serverUuid: string | undefined
  readonly timeLimit: string
}

/** The line, with Nagios' own exit code. */
export const checkForNagios = async (
  context: CommandContext,
  args: NagiosArguments,
): Promise<CommandResult> => {
  try {
    return await look(context, args)
  } catch (error) {
    return nagiosResult({ findings: [unknown(error)], summary: '', perfData: [] })
  }
}

const unknown = (error: unknown): NagiosFinding => ({
  state: 'UNKNOWN',
  message: error instanceof Error ? error.message : String(error),
})

const critical = ({ message }: Error): NagiosFinding => ({ state: 'CRITICAL', message })

const look = async (context: CommandContext, args: NagiosArguments): Promise<CommandResult> => {
  const limits = readLimits(args)
  const limitMs = readDuration(args.timeLimit, '--time-limit')
  const { settings } = context
  const [server, repository] = await Promise.all([
    wantsServer(settings)
      ? withinTime(limitMs, askServer(context), () => lateServer(args.timeLimit))
      : undefined,
    settings.repo === undefined
      ? undefined
      : withinTime(limitMs, readRepository(context), () => lateRepository(args)),
  ])
  // A server that answered says which of the backups are its own.
  const uuid = args.serverUuid ?? server?.uuid
  const judgement = repository?.observation && judgeRepository(repository.observation, limits, uuid)
  return conclude(server, repository, judgement)
}

const readLimits = ({ warnAge, critAge, warnVerifyAge }: NagiosArguments): AgeLimits => {
  const limits = {
    warnAge: readDuration(warnAge, '--warn-age'),
    critAge: readDuration(critAge, '--crit-age'),
    warnVerifyAge:
      warnVerifyAge === undefined ? undefined : readDuration(warnVerifyAge, '--warn-verify-age'),
  }
  if (limits.warnAge <= limits.critAge) return limits
  throw new ClonectlError('USAGE', `--warn-age ${warnAge} is more than --crit-age ${critAge}`)
}

/** Who names a server wants it asked; who names only a repository may have none at hand. */
const wantsServer = ({ host, port, socket, user, repo }: Settings): boolean =>
  repo === undefined || [host, port, socket, user].some((option) => option !== undefined)

interface ServerAnswer {
  /** Undefined when it could not be asked. */
  readonly uuid: string | undefined
  readonly checks: readonly CheckResult[]
  readonly findings: readonly NagiosFinding[]
  readonly late: boolean
}

const askServer = async (context: CommandContext): Promise<ServerAnswer> => {
  try {
    const { uuid, checks } = await examineOnce(context)
    return { uuid, checks, findings: checks.flatMap(checkFinding), late: false }
  } catch (error) {
    const isServer = error instanceof ClonectlError && error.code === 'SERVER'
    const finding = isServer ? critical(error) : unknown(error)
    return { uuid: undefined, checks: [], findings: [finding], late: false }
  }
}

const examineOnce = async (context: CommandContext) => {
  await using session = await context.openSession()
  const uuid = (await session.value('SELECT @@GLOBAL.server_uuid')) ?? undefined
  return { uuid, checks: await examine(context, session) }
}

/** Warnings of the checks are about what a server is like, and seldom go away: doctor shows them. */
const checkFinding = ({ name, state, message }: CheckResult): readonly NagiosFinding[] =>
  state === 'fail' ? [{ state: 'CRITICAL', message: `${name}: ${message}` }] : []

const lateServer = (limit: string): ServerAnswer => ({
  uuid: undefined,
  checks: [],
  findings: [{ state: 'UNKNOWN', message: `the server did not answer within ${limit}` }],
  late: true,
})

interface RepositoryAnswer {
  /** Undefined when it could not be read. */
  readonly observation: RepositoryObservation | undefined
  readonly findings: readonly NagiosFinding[]
  readonly late: boolean
}

const readRepository = async (context: CommandContext): Promise<RepositoryAnswer> => {
  try {
    const layout = await context.openRepository()
    const observation = await observeRepository(layout, context.clock.now())
    return { observation, findings: [], late: false }
  } catch (error) {
    const isRepository = error instanceof ClonectlError && error.code.startsWith('REPOSITORY_')
    const finding = isRepository ? critical(error) : unknown(error)
    return { observation: undefined, findings: [finding], late: false }
  }
}

const lateRepository = ({ timeLimit }: NagiosArguments): RepositoryAnswer => ({
  observation: undefined,
  findings: [{ state: 'UNKNOWN', message: `the repository could not be read within ${timeLimit}` }],
  late: true,
})

const conclude = (
  server: ServerAnswer | undefined,
  repository: RepositoryAnswer | undefined,
  judgement: RepositoryJudgement | undefined,
): CommandResult => {
  const parts = [judgement?.summary, server && checksText(server.checks)]
  const result = nagiosResult({
    findings: [judgement, repository, server].flatMap((part) => part?.findings ?? []),
    summary: parts.filter((part) => part !== undefined).join('; '),
    perfData: judgement?.perfData ?? [],
  })
  return { ...result, unfinished: repository?.late === true || server?.late === true }
}

const checksText = (checks: readonly CheckResult[]): string => {
  const warnings = checks.filter(({ state }) => state === 'warn').length
  return `${checks.length} checks, ${warnings} with a warning`
}
