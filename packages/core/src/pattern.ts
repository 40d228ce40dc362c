import { parsePattern, type PatternNode } from './pattern-syntax.ts'

/** A regular expression that answers in time linear in the text, whoever wrote it. */
export interface Pattern {
  /** Whether it matches somewhere in `text`; not, when the budget ends before that is known. */
  test(text: string): boolean
  /** The source. */
  toString(): string
}

type Step =
  | { readonly kind: 'char'; readonly accepts: (point: number) => boolean }
  | { readonly kind: 'fork'; to: number; or: number }
  | { readonly kind: 'guard'; readonly holds: Guard }
  | { readonly kind: 'match' }

type Guard = (subject: Subject, position: number) => boolean
/** The text as code points, and what the look-arounds found in it. */
type Subject = {
  readonly points: readonly number[]
  readonly looks: Map<Step[], Uint8Array>
  readonly budget: PatternBudget
}

/** The steps that are left to whoever shares it; a step takes some tens of nanoseconds. */
export type PatternBudget = { left: number }

/** The steps for one text, where nothing is shared: about a tenth of a second. */
export const PATTERN_STEPS = 5_000_000

const MAX_LENGTH = 10_000
const MAX_STEPS = 50_000

/**
 * Compiles a regular expression of ECMAScript into a matcher without backtracking.
 *
 * It follows all alternatives at once, character by character; a look-around is found for all positions in one pass of
 * its own. With a `budget`, all patterns that share it draw on the same steps.
 * @throws TypeError for bad syntax, back references, and patterns that are very long or repeat very much
 */
export const compilePattern = (source: string, budget?: PatternBudget): Pattern => {
  if (source.length > MAX_LENGTH) throw new TypeError(`A pattern may have ${MAX_LENGTH} characters`)
  const program = assemble(parsePattern(source), false)
  return {
    test: (text) => {
      const subject = { points: pointsOf(text), looks: new Map(), budget: budget ?? { left: PATTERN_STEPS } }
      return run(program, subject, 1) !== undefined
    },
    toString: () => source,
  }
}

const pointsOf = (text: string): number[] => {
  const points: number[] = []
  for (let index = 0; index < text.length; index += 1) {
    const point = text.codePointAt(index) ?? 0
    if (point > 0xffff) index += 1
    points.push(point)
  }
  return points
}

/** Writes the steps for a node. Backwards, it matches the reversed text; a look-ahead is found from the end. */
const assemble = (root: PatternNode, backwards: boolean): Step[] => {
  const steps: Step[] = []
  write(steps, root, backwards)
  steps.push({ kind: 'match' })
  return steps
}

const write = (steps: Step[], node: PatternNode, backwards: boolean): void => {
  if (steps.length > MAX_STEPS) throw new TypeError('A pattern repeats too much')
  if (node.kind === 'char') steps.push(node)
  else if (node.kind === 'edge') steps.push({ kind: 'guard', holds: edges[node.edge] })
  else if (node.kind === 'look') steps.push({ kind: 'guard', holds: look(node) })
  else if (node.kind === 'all')
    for (const each of backwards ? node.nodes.toReversed() : node.nodes) write(steps, each, backwards)
  else if (node.kind === 'any') writeAny(steps, node.nodes, backwards)
  else writeRepeat(steps, node, backwards)
}

const fork = (steps: Step[], to: number): { kind: 'fork'; to: number; or: number } => {
  const step = { kind: 'fork' as const, to, or: to }
  steps.push(step)
  return step
}

const writeAny = (steps: Step[], nodes: readonly PatternNode[], backwards: boolean): void => {
  const exits: { to: number; or: number }[] = []
  for (const [index, node] of nodes.entries()) {
    const last = index === nodes.length - 1
    const entry = last ? undefined : fork(steps, steps.length + 1)
    write(steps, node, backwards)
    if (!last) exits.push(fork(steps, 0))
    if (entry !== undefined) entry.or = steps.length
  }
  for (const exit of exits) exit.to = exit.or = steps.length
}

const writeRepeat = (
  steps: Step[],
  { node, min, max }: { node: PatternNode; min: number; max: number },
  backwards: boolean,
): void => {
  for (let count = 0; count < min; count += 1) write(steps, node, backwards)
  const exits: { or: number }[] = []
  if (max === Infinity) {
    const entry = fork(steps, steps.length + 1)
    const start = steps.length - 1
    write(steps, node, backwards)
    fork(steps, start)
    exits.push(entry)
  } else {
    for (let count = min; count < max; count += 1) {
      exits.push(fork(steps, steps.length + 1))
      write(steps, node, backwards)
    }
  }
  for (const exit of exits) exit.or = steps.length
}

const isWord = (point: number | undefined): boolean =>
  point !== undefined && point < 128 && /\w/.test(String.fromCharCode(point))

const atWordEdge: Guard = ({ points }, position) => isWord(points[position - 1]) !== isWord(points[position])

const edges: Readonly<Record<'^' | '$' | 'b' | 'B', Guard>> = {
  '^': (_, position) => position === 0,
  $: ({ points }, position) => position === points.length,
  b: atWordEdge,
  B: (subject, position) => !atWordEdge(subject, position),
}

const look = ({ node, behind, negative }: { node: PatternNode; behind: boolean; negative: boolean }): Guard => {
  const program = assemble(node, !behind)
  return (subject, position) => {
    let found = subject.looks.get(program)
    if (found === undefined) {
      found = new Uint8Array(subject.points.length + 1)
      run(program, subject, behind ? 1 : -1, found)
      subject.looks.set(program, found)
    }
    return (found[position] === 1) !== negative
  }
}

/**
 * Runs a program over the text, starting a match at every position, forwards (1) or backwards (-1).
 * Returns the position where the first match ended; with `found`, marks every such position instead.
 */
const run = (program: readonly Step[], subject: Subject, direction: 1 | -1, found?: Uint8Array): number | undefined => {
  const { points, budget } = subject
  const marks = new Int32Array(program.length).fill(-1)
  const open: number[] = []
  const ready: number[] = []
  let position = direction === 1 ? 0 : points.length
  for (let turn = 0; turn <= points.length; turn += 1, position += direction) {
    // Those that consumed a character are joined by one that starts here.
    open.push(0)
    const matched = follow(program, subject, { open, ready, marks, turn, position })
    if (budget.left < 0) return undefined
    if (matched && found === undefined) return position
    if (matched && found !== undefined) found[position] = 1
    const point = points[direction === 1 ? position : position - 1]
    for (const index of ready) {
      const step = program[index]
      if (point !== undefined && step?.kind === 'char' && step.accepts(point)) open.push(index + 1)
    }
    ready.length = 0
  }
  return undefined
}

type Closure = {
  readonly open: number[]
  readonly ready: number[]
  readonly marks: Int32Array
  readonly turn: number
  readonly position: number
}

/** Takes every step that consumes nothing; moves to `ready` those that wait for a character. Tells whether one matched. */
const follow = (program: readonly Step[], subject: Subject, closure: Closure): boolean => {
  const { open, ready, marks, turn, position } = closure
  const { budget } = subject
  let matched = false
  for (let index = open.pop(); index !== undefined && budget.left >= 0; index = open.pop()) {
    budget.left -= 1
    if (marks[index] === turn) continue
    marks[index] = turn
    const step = program[index]
    if (step === undefined) continue
    if (step.kind === 'char') ready.push(index)
    else if (step.kind === 'fork') open.push(step.or, step.to)
    else if (step.kind === 'match') matched = true
    else if (step.holds(subject, position)) open.push(index + 1)
  }
  return matched
}
