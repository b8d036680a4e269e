// Text made safe for HTML by the way it is put together: whatever is set into a template is escaped,
// unless it came out of one itself. Labels and messages are anybody's text.

/** A piece of HTML that can be set into a page as it is. */
export interface Html {
  readonly html: string
}

/** What may stand in a template; undefined is nothing. */
export type Content = Html | string | number | undefined | readonly Content[]

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Makes a piece of HTML; attributes must stand in quotes. */
export const html = (parts: TemplateStringsArray, ...values: readonly Content[]): Html => ({
  html: parts.reduce((text, part, index) => text + render(values[index - 1]) + part),
})

const render = (content: Content): string => {
  if (content === undefined) return ''
  if (typeof content === 'number') return String(content)
  if (typeof content === 'string') return escape(content)
  return 'html' in content ? content.html : content.map(render).join('')
}

/** Controls have no meaning in HTML, and a reader could take them for line ends. */
const escape = (text: string): string =>
  text
    .replaceAll(/[^\P{Cc}\t\n]/gu, '\uFFFD')
    .replaceAll(/[&<>"']/g, (character) => ESCAPES[character] ?? '')
