// A run that must be refused: with its message, its exit code and advice, and without a trace.
import { existsSync } from 'node:fs'
import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import { processesNaming } from './processes.ts'
import { failureOf, runClonectl, type Failure } from './run-clonectl.ts'
import type { Scene } from './scene.ts'

export interface Expected {
  readonly code: string
  readonly exitCode: number
  readonly message: string | RegExp
  readonly hint: string | RegExp
}

/** Everything below a directory with size and time of the last change; 'missing' when it is not there. */
export const look = async (directory: string): Promise<readonly string[]> => {
  if (!existsSync(directory)) return ['missing']
  const paths = await readdir(directory, { recursive: true })
  return Promise.all(
    paths.sort().map(async (path) => {
      const { size, mtimeMs, mode } = await lstat(join(directory, path))
      return `${path} ${size} ${mtimeMs} ${mode}`
    }),
  )
}

const expectTold = (
  told: Pick<Failure, 'code' | 'exitCode' | 'message' | 'hint'>,
  expected: Expected,
) => {
  expect({ code: told.code, exitCode: told.exitCode }).toEqual({
    code: expected.code,
    exitCode: expected.exitCode,
  })
  if (typeof expected.message === 'string') expect(told.message).toBe(expected.message)
  else expect(told.message).toMatch(expected.message)
  if (typeof expected.hint === 'string') expect(told.hint).toBe(expected.hint)
  else expect(told.hint).toMatch(expected.hint)
}

/**
 * Runs with --json and compares what is told. The scene's directories must be as they were before,
 * those named in `besides` too, and nothing may run.
 */
export const expectRefusal = async (
  scene: Scene,
  args: readonly string[],
  expected: Expected,
  besides: readonly string[] = [],
): Promise<Failure> => {
  const places = [scene.repo, scene.tmp, ...besides]
  const lookAtAll = async () => [
    (await readdir(scene.dir)).sort(),
    ...(await Promise.all(places.map(look))),
  ]
  const before = await lookAtAll()
  const running = processesNaming(`${scene.dir}/`).map(({ pid }) => pid)
  const startedSince = () =>
    processesNaming(`${scene.dir}/`).filter(({ pid }) => !running.includes(pid))
  const named = args.some((arg) => arg.startsWith('--defaults-file='))
  const all = [...args, '--json', ...(named ? [] : [`--defaults-file=${scene.optionFile}`])]
  const failure = failureOf(await runClonectl(all, scene.env))
  expectTold(failure, expected)
  expect(await lookAtAll()).toEqual(before)
  // Polled, because somebody else on this machine may just be looking into the directory.
  await expect.poll(startedSince).toEqual([])
  return failure
}
