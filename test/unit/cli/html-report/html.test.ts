import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { html } from '../../../../src/cli/html-report/html.ts'

describe('html', () => {
  it('escapes what is set in, and leaves what came from it', () => {
    const inner = html`<b>${`<i> & "quotes" 'too'`}</b>`
    expect(html`<p>${inner}${3}${undefined}${['<', inner]}</p>`.html).toBe(
      '<p><b>&lt;i&gt; &amp; &quot;quotes&quot; &#39;too&#39;</b>3&lt;<b>&lt;i&gt; &amp; &quot;quotes&quot; &#39;too&#39;</b></p>',
    )
  })

  it('lets no control through but tab and line feed', () => {
    expect(html`${'a\u0000b\u001bc\td\ne\u0085'}`.html).toBe('a\uFFFDb\uFFFDc\td\ne\uFFFD')
  })

  it('keeps any text from ending an attribute or beginning an element', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(
          html`<p title="${text}">${text}</p>`.html.replaceAll(/&(?:amp|lt|gt|quot|#39);/g, ''),
        ).toMatch(/^<p title="[^<>"'&]*">[^<>"'&]*<\/p>$/)
      }),
    )
  })
})
