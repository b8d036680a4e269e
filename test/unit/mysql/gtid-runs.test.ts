import { expect, it } from 'vitest'
import { newGtidRuns } from '../../../src/mysql/gtid-runs.ts'

it('GTIDs become runs, each server and tag by itself, in whatever order they come', () => {
  const runs = newGtidRuns()
  for (const gtid of ['a:1', 'a:2', 'b:7', 'a:3', 'a:tag:1', 'a:4', 'b:9', 'a:tag:2', 'b:8'])
    runs.add(gtid)
  expect(runs.text()).toBe('a:1-4,b:7-7,a:tag:1-2,b:9-9,b:8-8')
  expect(newGtidRuns().text()).toBe('')
})
