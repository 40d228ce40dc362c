import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { attacks } from './attacks-page.ts'
import type { Outcome } from './attacks-page.ts'
import type { Arrivals } from './arrivals.ts'
import { callIn } from './browser.ts'
import type { Browser } from './browser.ts'

/** Where a page tries what there is to try. */
export type Attempts = {
  /** The server's origin, as the page calls it. */
  readonly target: string
  readonly routes: readonly string[]
  /** What the name of each attempt begins with. */
  readonly prefix: string
  /** Where the requests arrive, each with its name in the query; without it, nothing is added to the routes. */
  readonly there?: Arrivals
}

/** Tries all there is from one page; settles when the server has answered each of it. Gives what the page got, by name. */
export const tryAll = async (
  page: Page,
  { target, routes, prefix, there }: Attempts,
): Promise<ReadonlyMap<string, Outcome>> => {
  const outcomes = new Map<string, Outcome>()
  for (const route of routes) {
    for (const attack of Object.keys(attacks)) {
      const name = `${prefix}: ${attack} at ${route}`
      const query = there === undefined ? '' : `?name=${encodeURIComponent(name)}`
      outcomes.set(name, await callIn<Outcome>(page, `attacks[${JSON.stringify(attack)}]`, `${target}${route}${query}`))
      await there?.answered(name)
    }
  }
  return outcomes
}

/** The attempts that came to more than they may. */
export const readIn = (
  outcomes: ReadonlyMap<string, Outcome>,
  harmless: readonly Outcome[] = ['blocked', 'nothing readable'],
): (readonly [name: string, outcome: Outcome])[] => [...outcomes].filter(([, outcome]) => !harmless.includes(outcome))

/** Holds a page of ours, opened in a window of its own by a page of somebody else, to cut itself off from that one. */
export const expectCutOff = async (browser: Browser, opener: string, url: string): Promise<void> => {
  const page = await browser.open(opener)
  const opening = browser.context.waitForEvent('page')
  await page.evaluate((to) => void Object.assign(globalThis, { taken: window.open(to) }), url)
  const taken = await opening
  await taken.getByText('Connected, revision').waitFor()
  // To whoever opened it, it seems to be closed.
  await expect.poll(() => page.evaluate('taken.closed')).toBe(true)
  expect(await taken.evaluate(() => window.opener)).toBeNull()
  await taken.close()
  await page.close()
}
