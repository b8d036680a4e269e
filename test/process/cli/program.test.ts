// The program as it is installed: bin/clonectl.js on top of the build.
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { forkedChain, makeRepository } from './repository-fixture.ts'

const root = join(import.meta.dirname, '../../..')
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

const start = (...argv: readonly string[]) => {
  const child = spawn(process.execPath, [join(root, 'bin/clonectl.js'), ...argv], {
    env: { ...process.env, CLONECTL_NO_DEFAULTS: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const exitCode = new Promise<number | null>((resolve) => child.on('close', resolve))
  return { child, exitCode, stdout: text(child.stdout), stderr: text(child.stderr) }
}

describe('the program', () => {
  it('says its version', async () => {
    const { exitCode, stdout } = start('--version')
    expect(await stdout).toBe(`clonectl ${version}\n`)
    expect(await exitCode).toBe(0)
  })

  it('gives its exit code to the shell', async () => {
    const { exitCode, stderr } = start('chain', 'list', '--repo=/nonexistent')
    expect(await exitCode).toBe(12)
    expect(await stderr).toContain('error: REPOSITORY_MISSING')
  })

  it('reads a repository', async () => {
    await using fixture = await makeRepository(...forkedChain)
    const { exitCode, stdout } = start('chain', 'show', '--json', `--repo=${fixture.layout.root}`)
    expect(JSON.parse(await stdout).chains).toHaveLength(1)
    expect(await exitCode).toBe(0)
  })

  it('does not mind a reader that has seen enough', async () => {
    await using fixture = await makeRepository(...forkedChain)
    const repo = `--repo=${fixture.layout.root}`
    const { child, exitCode, stdout, stderr } = start('chain', 'list', repo)
    // That the text was cut off is what this test is about.
    stdout.catch(() => undefined)
    child.stdout.destroy()
    expect(await exitCode).toBe(0)
    expect(await stderr).toMatch(/^chain list begin: .*\nchain list end: complete \(\d+ ms\)\n$/)
  })

  it('hides a password from other users', async () => {
    const { child, exitCode, stderr } = start('doctor', '-phunter2', '--host=127.0.0.1', '--port=9')
    await new Promise((resolve) => child.stderr.once('data', resolve))
    let shown = ''
    try {
      shown = readFileSync(`/proc/${child.pid}/cmdline`, 'utf8')
    } catch {
      // It had ended already: then nobody can read its arguments any more.
    }
    expect(shown).not.toContain('hunter2')
    expect(await stderr).not.toContain('hunter2')
    expect(await exitCode).toBe(30)
  })
})
