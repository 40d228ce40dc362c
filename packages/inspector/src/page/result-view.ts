import type { JsonObject } from '@parley/core'
import type { JobOutcome } from './api.ts'
import { button, copyButton, el, fill } from './dom.ts'
import type { Child } from './dom.ts'
import { isObject, parsed } from './json.ts'
import { foldedJson, jsonView } from './json-view.ts'
import { mediaUrl, mediumOf, safeLink } from './media.ts'
import { bytesText, timeText } from './sizes.ts'
import { switchOf } from './switch.ts'
import { cellText, tableIn } from './table.ts'
import type { Table } from './table.ts'

/** What a result may lead to. */
export type Leads = { readonly read?: (uri: string) => void }

const mostRows = 500

const listIn = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
const textIn = (value: unknown): string => (typeof value === 'string' ? value : '')

const tableView = ({ columns, rows }: Table): HTMLElement => {
  const head = el('tr', {}, ...columns.map((column) => el('th', { scope: 'col' }, column)))
  const body = rows
    .slice(0, mostRows)
    .map((row) =>
      el(
        'tr',
        {},
        ...columns.map((column) =>
          el('td', { class: typeof row[column] === 'number' ? 'number' : undefined }, cellText(row[column])),
        ),
      ),
    )
  const rest = rows.length - body.length
  return el(
    'div',
    { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': `Table of ${rows.length} rows` },
    el('table', {}, el('thead', {}, head), el('tbody', {}, ...body)),
    rest > 0 && el('p', { class: 'quiet' }, `${rest} more rows are in the JSON.`),
  )
}

type Way = readonly [label: string, draw: () => HTMLElement]

/** The same in two ways, of which one is chosen; at first, it is the first. */
const eitherWay = (label: string, first: Way, second: Way): HTMLElement => {
  const body = el('div', {}, first[1]())
  const change = (chosen: string): void => fill(body, (chosen === first[0] ? first : second)[1]())
  const options = [first, second].map(([name]) => [name, name] as const)
  return el('div', {}, switchOf(label, options, first[0], change), body)
}

/** A JSON value: as a table where it is one, and as a tree. */
const valueView = (value: unknown): HTMLElement => {
  const table = tableIn(value)
  const tree = (): HTMLElement => jsonView(value, 3)
  return table === undefined ? tree() : eitherWay('How it is shown', ['Table', () => tableView(table)], ['Tree', tree])
}

const jsonIn = (text: string): unknown => (/^\s*[[{]/.test(text) ? parsed(text) : undefined)

const textView = (text: string): HTMLElement => {
  const plain = (): HTMLElement => el('pre', { class: 'text', tabindex: 0 }, text)
  const value = jsonIn(text)
  if (value === undefined) return plain()
  return eitherWay('How the text is shown', ['JSON', () => valueView(value)], ['Text', plain])
}

const foldedText = (label: string, text: string): HTMLElement =>
  el('details', { class: 'folded' }, el('summary', {}, label), el('pre', { class: 'text', tabindex: 0 }, text))

const mediaView = (type: string, base64: string): HTMLElement => {
  const url = mediaUrl(type, base64)
  const size = bytesText(Math.floor((base64.length * 3) / 4))
  if (url === undefined) return el('p', { class: 'quiet' }, `${type || 'No media type'}, ${size}; not shown.`)
  const label = `${type}, ${size}`
  const shown =
    mediumOf(type) === 'audio'
      ? el('audio', { controls: true, src: url, 'aria-label': label })
      : el('img', { src: url, alt: label })
  return el('figure', {}, shown, el('figcaption', {}, label))
}

const linkView = (uri: string, name: string, more: string, { read }: Leads): HTMLElement => {
  const href = safeLink(uri)
  return el(
    'div',
    { class: 'link' },
    href === undefined ? el('strong', {}, name) : el('a', { href, target: '_blank', rel: 'noopener noreferrer' }, name),
    el('code', {}, uri),
    more !== '' && el('span', { class: 'quiet' }, more),
    read !== undefined && button('Read', () => read(uri), { class: 'small' }),
  )
}

const contentsView = (contents: JsonObject): HTMLElement => {
  const { uri, mimeType, text, blob } = contents
  const shown = typeof text === 'string' ? textView(text) : mediaView(textIn(mimeType), textIn(blob))
  const caption = el(
    'p',
    { class: 'caption' },
    el('code', {}, textIn(uri)),
    typeof mimeType === 'string' && el('span', { class: 'quiet' }, mimeType),
  )
  return el('div', { class: 'piece' }, caption, shown)
}

/** One piece of content. What is unknown is shown as JSON. */
const blockView = (block: unknown, leads: Leads): HTMLElement => {
  if (!isObject(block)) return jsonView(block)
  switch (block['type']) {
    case 'text':
      return textView(textIn(block['text']))
    case 'image':
    case 'audio':
      return mediaView(textIn(block['mimeType']), textIn(block['data']))
    case 'resource_link':
      return linkView(
        textIn(block['uri']),
        textIn(block['title'] ?? block['name']),
        textIn(block['description']),
        leads,
      )
    case 'resource':
      return isObject(block['resource']) ? contentsView(block['resource']) : jsonView(block)
    default:
      return jsonView(block)
  }
}

/** A piece of content; what only says the structured result again, as a server owes to older clients, is folded. */
const pieceView = (block: unknown, structured: unknown, leads: Leads): HTMLElement => {
  const text =
    structured !== undefined && isObject(block) && block['type'] === 'text' ? textIn(block['text']) : undefined
  const isSame =
    text !== undefined && (text === structured || JSON.stringify(jsonIn(text)) === JSON.stringify(structured))
  return isSame ? foldedText('The same as text', text) : blockView(block, leads)
}

/** One message of a conversation: who speaks, and what is said. */
export const messageView = (message: unknown, leads: Leads = {}): HTMLElement => {
  const { role, content } = isObject(message) ? message : {}
  const blocks: readonly unknown[] = Array.isArray(content) ? content : [content]
  return el(
    'div',
    { class: 'message' },
    el('span', { class: 'role' }, textIn(role)),
    el('div', {}, ...blocks.map((block) => blockView(block, leads))),
  )
}

const pieces = (result: JsonObject, leads: Leads): Child[] => {
  const { content, structuredContent, contents, messages } = result
  return [
    ...(structuredContent === undefined
      ? []
      : [el('section', { class: 'piece' }, el('h4', {}, 'Structured'), valueView(structuredContent))]),
    ...listIn(content).map((block) => el('div', { class: 'piece' }, pieceView(block, structuredContent, leads))),
    ...listIn(contents).map((each) => (isObject(each) ? contentsView(each) : jsonView(each))),
    ...listIn(messages).map((message) => messageView(message, leads)),
  ]
}

const failureView = (outcome: JobOutcome & { ok: false }): HTMLElement =>
  el(
    'section',
    { class: 'result failed', 'aria-label': 'Result' },
    el(
      'div',
      { class: 'result-head' },
      el('strong', {}, outcome.isCancelled ? 'Cancelled' : 'Refused'),
      outcome.code !== undefined && el('code', {}, String(outcome.code)),
      el('span', { class: 'quiet' }, timeText(outcome.milliseconds)),
    ),
    el('p', { class: 'wrap' }, outcome.message),
    outcome.data !== undefined && foldedJson('Data', outcome.data),
  )

/** What became of a job, whichever way it went. */
export const resultView = (outcome: JobOutcome, leads: Leads = {}): HTMLElement => {
  if (!outcome.ok) return failureView(outcome)
  const { result, fault, milliseconds } = outcome
  const isError = result['isError'] === true
  const shown = pieces(result, leads)
  const size = bytesText(JSON.stringify(result).length)
  return el(
    'section',
    { class: `result ${isError ? 'failed' : ''}`, 'aria-label': 'Result' },
    el(
      'div',
      { class: 'result-head' },
      el('strong', {}, isError ? 'The tool failed' : 'Result'),
      el('span', { class: 'quiet' }, `${timeText(milliseconds)} · ${size}`),
      copyButton('Copy JSON', 'Result', () => JSON.stringify(result, undefined, 2)),
    ),
    fault !== undefined && el('p', { class: 'warning' }, fault),
    typeof result['description'] === 'string' && el('p', { class: 'quiet' }, result['description']),
    ...(shown.length === 0 ? [el('p', { class: 'quiet' }, 'Nothing in it.')] : shown),
    foldedJson('As JSON', result),
  )
}
