import type { Page } from 'playwright-core'

/** What has the keyboard, as a screen reader would say it. */
export const focused = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const element = document.activeElement
    const label =
      element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement ? element.labels?.[0] : undefined
    const name =
      element?.getAttribute('aria-label') ??
      element?.getAttribute('data-name') ??
      label?.textContent ??
      element?.textContent ??
      ''
    return `${element?.getAttribute('role') ?? element?.tagName.toLowerCase() ?? ''} ${name.trim()}`
  })

/** The markup of everything that can be used, or looked at, and has no name. */
export const nameless = (page: Page, selector: string): Promise<string[]> =>
  page.evaluate(
    (wanted) =>
      [...document.querySelectorAll(wanted)]
        .filter((each) => {
          const labels = 'labels' in each && each.labels instanceof NodeList ? each.labels : []
          const text = `${each.getAttribute('aria-label') ?? ''}${each.textContent}${each.getAttribute('alt') ?? ''}`
          return labels.length === 0 && text.trim() === ''
        })
        .map((each) => each.outerHTML),
    selector,
  )
