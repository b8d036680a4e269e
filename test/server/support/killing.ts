// Runs of clonectl that are sent signals at chosen points of their work: see kill-at.mjs.
import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'
import { startClonectl, type ClonectlRun, type RunningClonectl } from './run-clonectl.ts'
import type { Scene } from './scene.ts'

/** A signal to be sent to clonectl by itself. */
export interface KillOrder {
  /** Name of a change, as kill-at.mjs calls it: `journal clone`, `rename manifest.json`. */
  readonly point: string
  /** `within` is for the removal of a directory: only a part of it is done. */
  readonly when: 'before' | 'within' | 'after'
  readonly signal: 'SIGKILL' | 'SIGTERM' | 'SIGINT'
}

const preload = fileURLToPath(new URL('kill-at.mjs', import.meta.url))

export const startWithOrders = (
  scene: Scene,
  args: readonly string[],
  orders: readonly KillOrder[],
  environment: Readonly<Record<string, string>> = {},
): RunningClonectl =>
  startClonectl([...args, `--defaults-file=${scene.optionFile}`], {
    ...scene.env,
    ...environment,
    NODE_OPTIONS: `--import=${preload}`,
    CLONECTL_KILL_PLAN: JSON.stringify(orders),
  })

/** The points a run that ends well passes, in their order. */
export const pointsOf = async (
  scene: Scene,
  args: readonly string[],
  orders: readonly KillOrder[] = [],
): Promise<readonly string[]> => {
  const list = scene.path('points')
  await writeFile(list, '')
  const run = await startWithOrders(scene, args, orders, { CLONECTL_KILL_LIST: list }).ended
  expect({ ...run, code: orders.length === 0 ? 0 : 130 }).toEqual(run)
  return (await readFile(list, 'utf8')).trimEnd().split('\n')
}

/** Runs clonectl to its death. */
export const runToDeath = async (
  scene: Scene,
  args: readonly string[],
  orders: readonly KillOrder[],
): Promise<ClonectlRun> => {
  const run = await startWithOrders(scene, args, orders).ended
  expect(run).toMatchObject({ code: null, signal: 'SIGKILL' })
  return run
}

/** Points of an increment or a full, from the first to the last. */
export const isSealedAt = (points: readonly string[], { point, when }: KillOrder): boolean => {
  const sealing = points.indexOf('rename manifest.json')
  const reached = points.indexOf(point)
  return reached > sealing || (reached === sealing && when === 'after')
}

/** Two deaths for each point: `[point, 'before']` and `[point, 'after']`. */
export const deathsAt = (points: readonly string[]): (readonly [string, KillOrder['when']])[] =>
  points.flatMap((point) => [[point, 'before'] as const, [point, 'after'] as const])

export const killAt = (point: string, when: KillOrder['when']): KillOrder => ({
  point,
  when,
  signal: 'SIGKILL',
})
