import { onOneLine } from '../../show/cells.ts'
import { svg } from './dom.ts'
import { headHeight, lineHeight } from './layout.ts'
import type { Box, Edge, Picture } from './layout.ts'

const clipped = (text: string, most: number): string => {
  const line = onOneLine(text)
  return line.length > most ? `${line.slice(0, most - 1)}…` : line
}

const spoken = ({ table }: Box): string => {
  const to = table.foreignKeys.map(({ toTable }) => toTable)
  const from = table.referencedBy.map((key) => key.table)
  const parts = [
    `${table.name}, ${table.kind}, ${table.columns.length} columns`,
    to.length > 0 && `refers to ${to.join(', ')}`,
    from.length > 0 && `referred to by ${from.join(', ')}`,
  ]
  return parts.filter((part) => part !== false).join('; ')
}

const drawBox = (box: Box, open: (name: string) => void): SVGGElement => {
  const { table, lines, rest, width, height, x, y } = box
  const letters = Math.floor((width - 20) / 6.7)
  const text = (line: (typeof lines)[number], index: number): SVGElement => {
    const at = headHeight + index * lineHeight + 14
    const room = letters - line.marks.length - 1
    const isKey = line.marks.includes('PK')
    return svg(
      'g',
      {},
      svg('text', { x: 10, y: at, class: isKey ? 'd-name d-key' : 'd-name' }, clipped(line.name, room)),
      svg(
        'text',
        { x: width - 10, y: at, class: 'd-type', 'text-anchor': 'end' },
        clipped(line.marks === '' ? line.type : line.marks, Math.max(letters - line.name.length - 1, 2)),
      ),
    )
  }
  return svg(
    'g',
    {
      class: `d-box d-${table.kind}`,
      transform: `translate(${x} ${y})`,
      tabindex: -1,
      role: 'button',
      'aria-label': spoken(box),
      onclick: () => open(table.name),
    },
    svg('rect', { width, height, rx: 6, class: 'd-body' }),
    svg('path', { d: `M0,${headHeight} h${width}`, class: 'd-rule' }),
    svg('text', { x: 10, y: 17, class: 'd-title' }, clipped(table.name, letters - (table.kind === 'table' ? 0 : 8))),
    ...(table.kind === 'table'
      ? []
      : [svg('text', { x: width - 10, y: 17, class: 'd-type', 'text-anchor': 'end' }, table.kind)]),
    ...lines.map(text),
    ...(rest > 0
      ? [svg('text', { x: 10, y: headHeight + lines.length * lineHeight + 14, class: 'd-type' }, `and ${rest} more`)]
      : []),
  )
}

const drawEdge = ({ key, path, end: [x, y] }: Edge): SVGGElement =>
  svg(
    'g',
    { class: 'd-edge', 'data-from': key.table, 'data-to': key.toTable },
    svg('title', {}, `${key.table}.${key.columns.join(', ')} refers to ${key.toTable}`),
    svg('path', { d: path, 'marker-end': 'url(#arrow)' }),
    svg('circle', { cx: x, cy: y, r: 3 }),
  )

const arrow = (): SVGElement =>
  svg(
    'defs',
    {},
    svg(
      'marker',
      {
        id: 'arrow',
        viewBox: '0 0 8 8',
        refX: 8,
        markerUnits: 'userSpaceOnUse',
        refY: 4,
        markerWidth: 9,
        markerHeight: 9,
        orient: 'auto',
      },
      svg('path', { d: 'M0,0 L8,4 L0,8 z' }),
    ),
  )

/** Shows whose foreign keys are whose: those of one table stand out. */
const light = (drawing: Element, name: string | undefined): void => {
  for (const edge of drawing.querySelectorAll<SVGGElement>('.d-edge')) {
    const isIts = name !== undefined && (edge.dataset['from'] === name || edge.dataset['to'] === name)
    edge.classList.toggle('lit', isIts)
  }
}

const walk = (event: KeyboardEvent, boxes: readonly SVGGElement[]): void => {
  const at = boxes.findIndex((box) => box === document.activeElement)
  const step = /^Arrow(?:Right|Down)$/.test(event.key) ? 1 : /^Arrow(?:Left|Up)$/.test(event.key) ? -1 : 0
  const to = boxes[(at + step + boxes.length) % boxes.length]
  if (event.key === 'Enter') boxes[at]?.dispatchEvent(new MouseEvent('click'))
  else if (step === 0 || at < 0 || to === undefined) return
  else {
    boxes[at]?.setAttribute('tabindex', '-1')
    to.setAttribute('tabindex', '0')
    to.focus()
  }
  event.preventDefault()
}

/** Draws a picture; `open` hears which table was chosen in it. */
export const drawAll = ({ boxes, edges, width, height }: Picture, open: (name: string) => void): SVGSVGElement => {
  const label = 'Tables and their foreign keys; arrows walk them, Enter opens one'
  const facts = { viewBox: `0 0 ${width} ${height}`, role: 'group', 'aria-label': label }
  const drawn = boxes.map((box) => drawBox(box, open))
  const drawing = svg('svg', facts, arrow(), ...edges.map(drawEdge), ...drawn)
  drawn[0]?.setAttribute('tabindex', '0')
  for (const [index, box] of drawn.entries()) {
    const name = boxes[index]?.table.name
    for (const type of ['focus', 'pointerenter']) box.addEventListener(type, () => light(drawing, name))
    for (const type of ['blur', 'pointerleave']) box.addEventListener(type, () => light(drawing, undefined))
  }
  drawing.addEventListener('keydown', (event) => walk(event, drawn))
  return drawing
}
