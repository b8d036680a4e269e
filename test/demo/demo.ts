// npm run demo: plays the story of clonectl on a real server and proves its end. Ends with
// `demo: verified` and exit code 0, or says what differs; 2 when the command line is wrong.
import { join } from 'node:path'
import { Interrupted, listenForInterruption } from '../bed/interruption.ts'
import { fillDonor, startDonor } from './donor.ts'
import { formatSeconds, makeNarrator, type Narrator } from './narrator.ts'
import { makePlace } from './place.ts'
import { parseRequest, usage, UsageError, type DemoRequest } from './request.ts'
import { restoredOptionFile, stopRestored } from './restored.ts'
import { setStage, shellPreparation, type Stage } from './stage.ts'
import { playStory } from './story.ts'

/** Plays the demo and puts everything away; returns what differs at the end. */
const play = async (
  request: DemoRequest,
  narrator: Narrator,
  signal: AbortSignal,
): Promise<readonly string[]> => {
  await using place = await makePlace(request)
  const directory = place.path
  narrator.chapter('A donor')
  await using donor = await startDonor(join(directory, 'donor'), narrator, request)
  signal.throwIfAborted()
  const stage = setStage({ directory, donor, narrator, signal, greatsql: request.greatsql })
  try {
    await fillDonor(donor, narrator, request)
    narrator.say('\nTo type the commands below yourself:')
    for (const line of shellPreparation(stage)) narrator.say(`  ${line}`)
    const wrong = await playStory(stage)
    if (request.keep) tellWhatIsKept(stage, directory, await donor.keep())
    return wrong
  } finally {
    narrator.say('\nStopping the servers.')
    await stopRestored(stage.target)
  }
}

const tellWhatIsKept = (
  { narrator, target }: Stage,
  directory: string,
  startDonorAgain: string,
): void => {
  narrator.say(`\nEverything stays in ${directory}. The servers can be started again:`)
  narrator.say(`  ${startDonorAgain}`)
  narrator.say(`  mysqld --defaults-file=${restoredOptionFile(target)}`)
}

const tellFailure = (error: unknown): number => {
  if (error instanceof Interrupted) {
    console.error(`demo: ${error.message}; everything is stopped`)
    return error.exitCode
  }
  console.error(`demo: ${error instanceof Error ? error.message : String(error)}`)
  if (!(error instanceof UsageError)) return 1
  console.error(usage)
  return 2
}

const main = async (argv: readonly string[]): Promise<number> => {
  using interruption = listenForInterruption()
  const { signal } = interruption
  const began = performance.now()
  try {
    const wrong = await play(parseRequest(argv), makeNarrator(), signal)
    console.log(`It took ${formatSeconds(performance.now() - began)} in all.`)
    for (const line of wrong) console.log(`demo: ${line}`)
    console.log(wrong.length === 0 ? 'demo: verified' : 'demo: NOT VERIFIED')
    return wrong.length === 0 ? 0 : 1
  } catch (error) {
    // After an interruption whatever failed is its consequence.
    return tellFailure(signal.aborted ? signal.reason : error)
  }
}

process.exitCode = await main(process.argv.slice(2))
