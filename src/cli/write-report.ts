// What `report` does: looks at the repository and writes a page about it.

import type { ServerSummary } from '../chain/server-summary.ts'
import { ClonectlError } from '../errors.ts'
import type { RepositoryLayout } from '../repository/layout.ts'
import { readManifest } from '../repository/manifest-file.ts'
import type { CommandResult } from './command.ts'
import type { CommandContext } from './context.ts'
import { reportPage } from './html-report/page.ts'
import { reportProblems } from './html-report/report-problem.ts'
import type { ServerName } from './html-report/server-section.ts'
import { observeRepository } from './observe-repository.ts'
import { formatBytes } from './output/bytes.ts'
import { readDuration } from './read-duration.ts'
import { writeOutputFile } from './write-output-file.ts'

export interface ReportArguments {
  readonly html: string
  readonly warnAge: string
}

/** Writes the page. Throws USAGE, CONFIG, PATH_FORBIDDEN and what opening the repository throws. */
export const writeReport = async (
  context: CommandContext,
  { html: path, warnAge }: ReportArguments,
): Promise<CommandResult> => {
  const warnAgeMs = readDuration(warnAge, '--warn-age')
  const layout = await context.openRepository()
  const observation = await observeRepository(layout, context.clock.now())
  const problems = reportProblems(observation, warnAgeMs)
  const names = await readNames(layout, observation.servers)
  const page = reportPage({ observation, problems, names, version: context.version })
  const output = { path, option: '--html', repository: layout.root }
  const file = await writeOutputFile(output, page)
  const bytes = Buffer.byteLength(page)
  const found = problems.length === 1 ? '1 problem' : `${problems.length} problems`
  return {
    document: { file, bytes, servers: observation.servers.length, problems },
    text: `report: ${file}, ${formatBytes(bytes)}, ${found}\n`,
  }
}

/** As the manifest of the newest backup has it; the chain logic knows only the server's UUID. */
const readNames = async (
  layout: RepositoryLayout,
  servers: readonly ServerSummary[],
): Promise<ReadonlyMap<string, ServerName>> => {
  const names = new Map<string, ServerName>()
  for (const { serverUuid, members } of servers) {
    const newest = members.at(-1)
    const name = newest && (await readName(layout, newest.backup.id))
    if (name !== undefined) names.set(serverUuid, name)
  }
  return names
}

const readName = async (layout: RepositoryLayout, id: string): Promise<ServerName | undefined> => {
  try {
    const manifest = await readManifest(layout.backup(id))
    if (manifest === undefined) return undefined
    const { hostname, flavour, version } = manifest.donor
    return { hostname, product: `${flavour} ${version}` }
  } catch (error) {
    // It was whole a moment ago; a backup that is being moved away needs no name.
    if (error instanceof ClonectlError) return undefined
    throw error
  }
}
