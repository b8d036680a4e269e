import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { main } from '../../src/cli/main.ts'
import { makeFakeIo } from '../process/cli/fake-io.ts'
import { type Browser, type Page, startChromium } from './chromium.ts'
import { findChromium } from './find-chromium.ts'
import { makeReportScene, NASTY_LABEL, SCENE_TIME } from './report-scene.ts'

const found = findChromium()
if ('missing' in found) process.stderr.write(`browser tests skipped: ${found.missing}\n`)

/** Where the pictures go, to be looked at. */
const pictures = join(tmpdir(), 'clonectl-report-pictures')

const PHONE = { width: 360, height: 800, deviceScaleFactor: 2, mobile: true }
const DESK = { width: 1280, height: 900, deviceScaleFactor: 1, mobile: false }

const writeScene = async (troubled: boolean, file: string): Promise<void> => {
  vi.useFakeTimers({ toFake: ['Date'], now: SCENE_TIME })
  try {
    await using fixture = await makeReportScene({ troubled })
    const fake = makeFakeIo()
    const args = ['report', '--repo', fixture.layout.root, '--html', file]
    expect({ code: await main(args, fake.io), story: fake.stderr() }).toMatchObject({ code: 0 })
    // The directory has another name each time; a page that is shown has one that means something.
    const page = await readFile(file, 'utf8')
    await writeFile(file, page.replaceAll(fixture.layout.root, '/srv/backup/mysql'))
  } finally {
    vi.useRealTimers()
  }
}

const show = async (page: Page, device: typeof PHONE, dark = false): Promise<void> => {
  await page.call('Emulation.setDeviceMetricsOverride', device)
  const features = [{ name: 'prefers-color-scheme', value: dark ? 'dark' : 'light' }]
  await page.call('Emulation.setEmulatedMedia', { features })
}

interface PageSize {
  readonly width: number
  readonly height: number
}

/** Of the whole page, as it is laid out now. */
const sizeOf = async (page: Page): Promise<PageSize> =>
  (await page.value(`(() => {
    const { width, bottom } = document.body.getBoundingClientRect()
    return { width, height: bottom + scrollY }
  })()`)) as PageSize

const capture = async (page: Page, size: PageSize, scale: number): Promise<Buffer> => {
  const clip = { x: 0, y: 0, ...size, scale }
  const parameters = { format: 'png', captureBeyondViewport: true, clip }
  const { data } = await page.call('Page.captureScreenshot', parameters)
  return Buffer.from(data as string, 'base64')
}

const photograph = async (page: Page, name: string): Promise<Buffer> => {
  const picture = await capture(page, await sizeOf(page), 1)
  await writeFile(join(pictures, `${name}.png`), picture)
  return picture
}

/** Text that sticks out of the page or is cut off, and pictures that do. */
const overflowing = (page: Page): Promise<unknown> =>
  page.value(`(() => {
    const width = document.documentElement.clientWidth
    return [...document.querySelectorAll('body *')]
      .filter((e) => !e.closest('caption, thead') || getComputedStyle(e.closest('caption, thead')).position !== 'absolute')
      .filter((e) => { const r = e.getBoundingClientRect(); return r.width > 0 && (r.right > width + 0.5 || r.left < -0.5) })
      .map((e) => e.tagName + ' ' + e.textContent.trim().slice(0, 60))
  })()`)

interface Contrast {
  readonly ratio: number
  readonly text: string
}

/** The least contrast of any text with what is behind it, by WCAG's formula. */
const leastContrast = async (page: Page): Promise<Contrast> =>
  (await page.value(`(() => {
    const parse = (c) => (c.match(/[\\d.]+/g) ?? []).map(Number)
    const light = ([r, g, b]) => [r, g, b]
      .map((v) => v / 255).map((v) => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
      .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0)
    const behind = (e) => {
      for (let at = e; at; at = at.parentElement) {
        const c = parse(getComputedStyle(at).backgroundColor)
        if (c.length === 3 || c[3] > 0) return c
      }
      return [255, 255, 255]
    }
    const texts = [...document.querySelectorAll('body *')].filter((e) =>
      [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim() !== '') &&
      !e.closest('title, desc') && e.getBoundingClientRect().width > 1)
    return texts.map((e) => {
      const style = getComputedStyle(e)
      const [a, b] = [parse(e.closest('svg') ? style.fill : style.color), behind(e)].map(light).sort((x, y) => y - x)
      return { ratio: (a + 0.05) / (b + 0.05), text: e.textContent.trim().slice(0, 40) }
    }).reduce((least, one) => one.ratio < least.ratio ? one : least)
  })()`)) as Contrast

const complaints = (page: Page) =>
  page.events.filter(({ method }) =>
    ['Runtime.exceptionThrown', 'Runtime.consoleAPICalled', 'Log.entryAdded'].includes(method),
  )

const requests = (page: Page) =>
  page.events
    .filter(({ method }) => method === 'Network.requestWillBeSent')
    .map(({ params }) => (params['request'] as { readonly url: string }).url)

/** Small enough to be shown in docs/monitoring.md. */
const keepForDocs = async (page: Page): Promise<void> => {
  const picture = await capture(page, { width: DESK.width, height: 1225 }, 0.625)
  await writeFile(join(pictures, 'report.png'), picture)
}

interface AccessibleNode {
  readonly ignored?: boolean
  readonly role?: { readonly value: string }
  readonly name?: { readonly value: string }
}

describe.skipIf('missing' in found)('the report in a browser', () => {
  let browser: Browser
  const files = { calm: join(pictures, 'calm.html'), troubled: join(pictures, 'troubled.html') }

  beforeAll(async () => {
    await mkdir(pictures, { recursive: true })
    await writeScene(false, files.calm)
    await writeScene(true, files.troubled)
    if ('program' in found) browser = await startChromium(found.program)
  })

  afterAll(async () => {
    // Undefined when it could not be started.
    await (browser as Browser | undefined)?.[Symbol.asyncDispose]()
  })

  const open = async (file: keyof typeof files, device: typeof PHONE, dark = false) => {
    const page = await browser.newPage()
    await show(page, device, dark)
    await page.open(pathToFileURL(files[file]).href)
    return page
  }

  it.each([
    ['phone', 'troubled', PHONE, false],
    ['phone-dark', 'troubled', PHONE, true],
    ['phone-calm', 'calm', PHONE, false],
    ['desk', 'troubled', DESK, false],
    ['desk-dark', 'troubled', DESK, true],
    ['desk-calm', 'calm', DESK, false],
    ['tablet', 'troubled', { ...DESK, width: 800 }, false],
  ] as const)(
    'fits, fetches nothing and complains of nothing: %s',
    async (name, file, device, dark) => {
      const page = await open(file, device, dark)
      await page.value(`document.querySelectorAll('details').forEach((d) => { d.open = true })`)
      expect(await overflowing(page)).toEqual([])
      expect(await page.value('document.documentElement.scrollWidth')).toBe(device.width)
      expect(complaints(page)).toEqual([])
      expect(requests(page)).toEqual([pathToFileURL(files[file]).href])
      const { ratio, text } = await leastContrast(page)
      expect(ratio, text).toBeGreaterThanOrEqual(4.5)
      await page.value(
        `document.querySelectorAll('details').forEach((d, i) => { d.open = i === 0 })`,
      )
      expect((await photograph(page, name)).length).toBeGreaterThan(20_000)
    },
  )

  it('shows what users wrote as they wrote it', async () => {
    const page = await open('troubled', DESK)
    expect(await page.value(`document.querySelector('.label').textContent`)).toBe(NASTY_LABEL)
    expect(await page.value(`document.querySelectorAll('img, script, link, iframe').length`)).toBe(
      0,
    )
  })

  it('prints every chain on paper, also the closed ones', async () => {
    const page = await open('troubled', DESK)
    await page.call('Emulation.setEmulatedMedia', { media: 'print' })
    const hidden = await page.value(
      `[...document.querySelectorAll('table')].filter((t) => t.getBoundingClientRect().height < 20).length`,
    )
    expect(hidden).toBe(0)
    const { data } = await page.call('Page.printToPDF', {
      printBackground: false,
      paperWidth: 8.27,
      paperHeight: 11.69,
    })
    const pdf = Buffer.from(data as string, 'base64')
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-')
    await writeFile(join(pictures, 'paper.pdf'), pdf)
    await page.call('Emulation.setDeviceMetricsOverride', { ...DESK, width: 794 })
    await photograph(page, 'paper')
  })

  it('has headings in order, a language, and a name for each picture and table', async () => {
    const page = await open('troubled', DESK)
    const levels = (await page.value(
      `[...document.querySelectorAll('h1, h2, h3, h4')].map((h) => Number(h.tagName[1]))`,
    )) as readonly number[]
    expect(levels[0]).toBe(1)
    for (const [index, level] of levels.entries())
      expect(level - (levels[index - 1] ?? 0)).toBeLessThanOrEqual(1)
    expect(await page.value('document.documentElement.lang')).toBe('en')
    const { nodes } = (await page.call('Accessibility.getFullAXTree')) as {
      readonly nodes: readonly AccessibleNode[]
    }
    const named = (role: string) =>
      nodes
        .filter((node) => node.role?.value === role && node.ignored !== true)
        .map((node) => node.name?.value ?? '')
    expect(named('image').length + named('img').length).toBeGreaterThan(4)
    expect([...named('image'), ...named('img'), ...named('table')].filter((n) => n === '')).toEqual(
      [],
    )
    const ids = (await page.value(
      `[...document.querySelectorAll('[id]')].map((e) => e.id)`,
    )) as readonly string[]
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('is worth a picture in the documentation', async () => {
    await keepForDocs(await open('troubled', DESK))
    expect((await stat(join(pictures, 'report.png'))).size).toBeLessThan(150_000)
  })

  it('is no larger than a picture', async () => {
    expect((await stat(files.troubled)).size).toBeLessThan(200_000)
  })
})
