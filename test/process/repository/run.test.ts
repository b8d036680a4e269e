import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { beforeEach, describe, expect, it } from 'vitest'
import { beginRun, discardRun } from '../../../src/repository/run.ts'
import { layoutOf } from '../../../src/repository/layout.ts'
import { readRunJournal } from '../../../src/repository/run-journal.ts'
import { cloneContext } from '../../fakes/clone-context.ts'
import { useScratchDir } from '../system/scratch-dir.ts'

const scratch = useScratchDir()
const layout = () => layoutOf(scratch('repo'))
const begin = (context = cloneContext()) => beginRun(context, layout(), 'full', scratch('datadir'))

beforeEach(() => {
  mkdirSync(scratch('repo'))
  mkdirSync(scratch('datadir'))
})

describe('a run', () => {
  it('begins with a directory named by the time, and a journal in it', async () => {
    const run = await begin()
    expect(run.id).toBe('UTC20261120T093012.345-full')
    expect(readdirSync(scratch('repo', run.id))).toEqual(['run.json'])
    expect(statSync(run.paths.directory).mode & 0o777).toBe(0o750)
    expect(await readRunJournal(run.paths.journal)).toMatchObject({
      command: 'clonectl full',
      owner: { pid: process.pid },
      steps: [{ step: 'begin' }],
    })
  })

  it('takes the next millisecond when its name is taken', async () => {
    const runs = [await begin(), await begin(), await begin()]
    expect(runs.map(({ id }) => id)).toEqual([
      'UTC20261120T093012.345-full',
      'UTC20261120T093012.346-full',
      'UTC20261120T093012.347-full',
    ])
  })

  it('leaves its journal in the trash and nothing else when it is discarded', async () => {
    const run = await begin()
    for (const directory of [run.paths.data, run.paths.staging]) {
      mkdirSync(directory)
      writeFileSync(`${directory}/ibdata1`, 'half a clone')
    }
    writeFileSync(run.paths.pagemap, '')
    writeFileSync(run.paths.manifest, '{}')
    await discardRun(layout(), run)
    expect(readdirSync(scratch('repo'))).toEqual(['trash'])
    const trashed = scratch('repo', 'trash', run.id)
    expect(readdirSync(trashed)).toEqual(['run.json'])
    const steps = (await readRunJournal(`${trashed}/run.json`))?.steps
    expect(steps?.at(-1)?.step).toBe('discard')
  })

  it('can be discarded before it made anything', async () => {
    const run = await begin()
    await discardRun(layout(), run)
    expect(existsSync(run.paths.directory)).toBe(false)
  })
})
