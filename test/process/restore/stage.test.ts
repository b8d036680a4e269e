import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readRunJournal } from '../../../src/repository/run-journal.ts'
import { beginStage, type Stage } from '../../../src/restore/stage.ts'
import { restoreContext, SELF } from '../../fakes/restore-context.ts'
import { useScratchDir } from '../system/scratch-dir.ts'

const scratch = useScratchDir()
const target = () => scratch('new', 'target')
const begin = (): Promise<Stage> => beginStage(restoreContext(), target(), SELF)

const fill = (stage: Stage): void => {
  writeFileSync(`${stage.data}/ibdata1`, 'pages')
  mkdirSync(`${stage.data}/mysql`)
}

describe('a stage', () => {
  it('lies beside its target, with a journal that says whose it is', async () => {
    const stage = await begin()
    expect(stage.directory).toBe(`${target()}.clonectl-stage`)
    expect(readdirSync(scratch('new'))).toEqual(['target.clonectl-stage'])
    expect(readdirSync(stage.directory).sort()).toEqual(['data', 'run.json'])
    expect(statSync(stage.data).mode & 0o777).toBe(0o750)
    expect(await readRunJournal(`${stage.directory}/run.json`)).toMatchObject({
      command: 'clonectl restore',
      owner: { pid: process.pid },
      steps: [{ step: 'begin', at: '2026-11-20T09:30:12.345Z' }],
    })
  })

  it.each([
    ['where nothing is', () => undefined],
    ['in the place of an empty directory', () => mkdirSync(target())],
  ])('is published %s, whole, and is gone then', async (_, prepare) => {
    const stage = await begin()
    fill(stage)
    prepare()
    await stage.publish(target())
    expect(readdirSync(scratch('new'))).toEqual(['target'])
    expect(readdirSync(target()).sort()).toEqual(['ibdata1', 'mysql'])
  })

  it('is not published over anything', async () => {
    const stage = await begin()
    fill(stage)
    mkdirSync(target())
    writeFileSync(`${target()}/precious`, '')
    await expect(stage.publish(target())).rejects.toMatchObject({ code: 'ENOTEMPTY' })
    expect(readdirSync(target())).toEqual(['precious'])
    expect(existsSync(`${stage.data}/ibdata1`)).toBe(true)
  })

  it('leaves nothing when it is discarded', async () => {
    const stage = await begin()
    fill(stage)
    expect(await stage.discard({ keepLog: true })).toBeUndefined()
    expect(readdirSync(scratch('new'))).toEqual([])
  })

  it('leaves the log of its mysqld when that is wanted', async () => {
    const stage = await begin()
    writeFileSync(`${stage.directory}/clonectl-mysqld.log`, 'why it failed')
    const log = await stage.discard({ keepLog: true })
    expect(log).toBe(`${stage.directory}.log`)
    expect(readFileSync(log ?? '', 'utf8')).toBe('why it failed')
    expect(readdirSync(scratch('new'))).toEqual(['target.clonectl-stage.log'])
  })

  it('leaves no log after a cancellation', async () => {
    const stage = await begin()
    writeFileSync(`${stage.directory}/clonectl-mysqld.log`, 'nobody asks')
    expect(await stage.discard({ keepLog: false })).toBeUndefined()
    expect(readdirSync(scratch('new'))).toEqual([])
  })
})
