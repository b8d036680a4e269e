import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findTool } from '../../../src/system/find-tool.ts'
import { failureOf } from './failure-of.ts'
import { useScratchDir } from './scratch-dir.ts'

const scratch = useScratchDir()

const makeTool = (path: string, mode = 0o755): string => {
  mkdirSync(dirname(scratch(path)), { recursive: true })
  writeFileSync(scratch(path), '#!/bin/sh\n')
  chmodSync(scratch(path), mode)
  return scratch(path)
}

describe('findTool', () => {
  it.each(['bin', 'sbin', 'usr/bin', 'usr/sbin'])(
    'looks into %s of the basedir',
    async (folder) => {
      const tool = makeTool(`base/${folder}/mytool`)
      expect(await findTool('mytool', { basedir: scratch('base') })).toBe(tool)
    },
  )

  it('prefers the basedir to the path, and the first directory of the path to the next', async () => {
    const ofBasedir = makeTool('base/sbin/mytool')
    const first = makeTool('one/mytool')
    makeTool('two/mytool')
    const path = `${scratch('none')}:${scratch('one')}:${scratch('two')}`
    expect(await findTool('mytool', { path })).toBe(first)
    expect(await findTool('mytool', { path, basedir: scratch('base') })).toBe(ofBasedir)
  })

  it('passes over what cannot be executed, directories, and links that lead nowhere', async () => {
    makeTool('one/mytool', 0o644)
    mkdirSync(scratch('two', 'mytool'), { recursive: true })
    mkdirSync(scratch('three'))
    symlinkSync(scratch('nowhere'), scratch('three', 'mytool'))
    makeTool('four/real')
    symlinkSync(scratch('four', 'real'), scratch('four', 'mytool'))
    writeFileSync(scratch('file'), '')
    const path = ['file', 'one', 'two', 'three', 'four'].map((dir) => scratch(dir)).join(':')
    expect(await findTool('mytool', { path })).toBe(scratch('four', 'mytool'))
  })

  it('does not search the present directory', async () => {
    makeTool('mytool')
    const before = process.cwd()
    process.chdir(scratch())
    const error = await failureOf(findTool('mytool', { path: '.::' }))
    process.chdir(before)
    expect(error.code).toBe('TOOL_MISSING')
  })

  it('says where it has looked', async () => {
    const places = { basedir: '/opt/none', path: '/none/bin:/usr/sbin' }
    const error = await failureOf(findTool('mytool-none', places))
    expect(error.code).toBe('TOOL_MISSING')
    expect(error.message).toBe(
      'the program mytool-none was not found in /opt/none/bin, /opt/none/sbin, ' +
        '/opt/none/usr/bin, /opt/none/usr/sbin, /none/bin, /usr/sbin, /usr/local/mysql/bin',
    )
  })
})
