// What `metrics` does: looks at the repository and tells it in Prometheus' words.

import { ClonectlError } from '../errors.ts'
import type { CommandResult } from './command.ts'
import type { CommandContext } from './context.ts'
import { observeRepository } from './observe-repository.ts'
import { formatMetrics, type MetricFamily } from './output/prometheus.ts'
import { downMetrics, repositoryMetrics } from './output/repository-metrics.ts'
import { realPathOfNearest } from '../system/real-path.ts'
import { writeOutputFile } from './write-output-file.ts'

/**
 * Writes them to `file`, or returns them as the result. When the repository cannot be read, a file says
 * `clonectl_up 0`, so that its readers learn of it too, and the failure is thrown all the same.
 */
export const writeMetrics = async (
  context: CommandContext,
  file: string | undefined,
): Promise<CommandResult> => {
  const repository = context.repositoryPath()
  if (file === undefined) {
    const families = await observedFamilies(context)
    return { document: { file: null, families }, text: formatMetrics(families) }
  }
  if (!file.endsWith('.prom'))
    context.reporter.warn(`node_exporter reads only files whose names end in .prom, not ${file}`)
  const output = { path: file, option: '--file', repository }
  const families = await observedFamilies(context).catch(async (error: unknown) => {
    if (error instanceof ClonectlError) await writeOutputFile(output, await down(repository))
    throw error
  })
  const real = await writeOutputFile(output, formatMetrics(families))
  return { document: { file: real, families }, text: '' }
}

/** Under the label that the repository has when it can be read. */
const down = async (repository: string): Promise<string> =>
  formatMetrics(downMetrics(await realPathOfNearest(repository)))

const observedFamilies = async (context: CommandContext): Promise<readonly MetricFamily[]> => {
  const observation = await observeRepository(await context.openRepository(), context.clock.now())
  const families = repositoryMetrics(observation, context.version)
  return families.filter(({ samples }) => samples.length > 0)
}
