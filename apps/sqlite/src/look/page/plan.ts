import type { Plan, PlanStep } from '../../engine/engine.ts'
import { el, fill } from './dom.ts'

// SQLite's own word for reading a table from its first row to its last; an index that covers it makes that cheaper.
const isFullScan = (detail: string): boolean =>
  /^SCAN (?!CONSTANT|\d)/.test(detail) && !/USING (?:COVERING )?INDEX|VIRTUAL TABLE/.test(detail)
const isSort = (detail: string): boolean => detail.startsWith('USE TEMP B-TREE')

const badge = (detail: string): HTMLElement | false => {
  if (isFullScan(detail)) return el('span', { class: 'badge warn' }, '⚠ full scan')
  if (isSort(detail)) return el('span', { class: 'badge warn' }, '⚠ sorts')
  return detail.startsWith('SEARCH') && el('span', { class: 'badge good' }, '✓ by key')
}

const stepsOf = (steps: readonly PlanStep[]): HTMLElement =>
  el(
    'ul',
    { class: 'steps' },
    ...steps.map(({ detail, steps: beneath }) =>
      el(
        'li',
        {},
        el('span', { class: 'step' }, el('code', {}, detail), badge(detail)),
        beneath.length > 0 && stepsOf(beneath),
      ),
    ),
  )

/** Shows how a statement would be run, and what of it is slow. */
export const showPlan = (panel: Element, { steps, warnings }: Plan): void => {
  const slow = warnings.map((warning) => el('li', {}, warning))
  fill(
    panel,
    el(
      'div',
      { class: 'plan', tabindex: 0, role: 'region', 'aria-label': 'Plan of the statement' },
      slow.length > 0
        ? el(
            'div',
            { class: 'warning' },
            el('strong', {}, '⚠ This will be slow on large tables'),
            el('ul', {}, ...slow),
          )
        : el('p', { class: 'quiet' }, 'Nothing in it is slow by itself.'),
      stepsOf(steps),
    ),
  )
}
