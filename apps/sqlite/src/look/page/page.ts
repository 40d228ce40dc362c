import type { Table } from '../../engine/engine.ts'
import { statementsUri } from '../statements.ts'
import type { Ran } from '../statements.ts'
import { messageOf } from './desk.ts'
import type { Desk, Statement } from './desk.ts'
import { Diagram } from './diagram.ts'
import { announce, button, el, fill, save } from './dom.ts'
import { Editor } from './editor.ts'
import { follow } from './follow.ts'
import { headOf, keysDialog } from './head.ts'
import { Log } from './log.ts'
import { paramsOf } from './params.ts'
import { showPlan } from './plan.ts'
import { rowsPanel } from './rows.ts'
import { suggest } from './suggest.ts'
import { tabsOf } from './tabs.ts'
import { parametersOf, tokensOf, written } from './tokens.ts'
import { Tree } from './tree.ts'
import { Work } from './work.ts'

/** All parts of the page, and what they have to say to one another. */
class Page {
  readonly #desk: Desk
  readonly #work: Work
  #database: string
  #started = 0
  #ticking: ReturnType<typeof setInterval> | undefined
  /** The statement of which the plan is shown. */
  #planned = ''

  readonly #head = headOf({ chosen: (database) => void this.#choose(database), keys: keysDialog })
  readonly #tree = new Tree({
    rows: (table) => this.#showTable(table),
    name: (text) => this.#editor.insert(text),
  })
  readonly #filter = el('input', { type: 'search', placeholder: 'Filter tables', 'aria-label': 'Filter tables' })
  readonly #params = paramsOf(() => this.#run())
  readonly #editor = new Editor({
    suggest: (sql, caret, signal) => suggest(this.#desk, this.#database, sql, caret, signal),
    changed: (sql) => this.#params.show(parametersOf(tokensOf(sql))),
    run: () => this.#run(),
  })
  readonly #rows
  readonly #plan = el('section', { class: 'panel' })
  readonly #diagram = new Diagram((name) => this.#tree.reveal(name))
  readonly #tabs
  readonly #log = new Log((ran) => this.#replay(ran))
  readonly #runButton = button('Run', () => this.#run(), { class: 'main', 'aria-keyshortcuts': 'Control+Enter' })
  readonly #cancelButton = button('Cancel', () => this.#work.cancel(), {
    disabled: true,
    'aria-keyshortcuts': 'Escape',
  })
  readonly #bar = el('progress', { hidden: true, 'aria-label': 'A statement runs' })
  readonly #doing = el('span', { class: 'quiet' })
  #tables: readonly Table[] = []

  constructor(desk: Desk) {
    this.#desk = desk
    this.#database = desk.databases[0] ?? 'main'
    this.#rows = rowsPanel({
      more: () => void this.#work.more(),
      save: desk.exports ? () => void this.#save() : undefined,
    })
    this.#tabs = tabsOf('Result', [
      { name: 'rows', label: 'Rows', panel: this.#rows.panel },
      { name: 'plan', label: 'Plan', panel: this.#plan, shown: () => void this.#explain() },
      { name: 'diagram', label: 'Diagram', panel: this.#diagram.panel, shown: () => this.#diagram.draw() },
    ])
    this.#work = new Work(desk, {
      running: (what) => this.#tell(what),
      first: (rows) => this.#rows.show(rows),
      next: (rows) => this.#rows.add(rows),
      failed: (...how) => this.#fail(...how),
      cancelled: () => this.#rows.say('Cancelled', 'The statement was stopped.'),
      ended: (why) => this.#rows.end(why),
      progress: (text) => (this.#doing.textContent = text),
    })
  }

  async open(): Promise<void> {
    const { client, databases } = this.#desk
    this.#head.show(databases)
    this.#filter.addEventListener('input', () => this.#showTables())
    document.addEventListener('keydown', (event) => this.#key(event))
    fill(
      document.body,
      el('a', { class: 'skip', href: '#sql' }, 'Skip to the statement'),
      this.#head.element,
      this.#layout(),
      this.#log.element,
    )
    await this.#choose(this.#database)
    this.#head.connected(`Connected, revision ${client.version}`)
    const uris = [statementsUri, ...databases.map((alias) => `schema://${alias}`)]
    void follow(this.#desk, uris, {
      changed: (uri) =>
        void (uri === statementsUri ? this.#readLog() : uri === `schema://${this.#database}` && this.#readSchema()),
      standing: this.#head.heard,
    })
  }

  #layout(): HTMLElement {
    const buttons = el(
      'div',
      { class: 'actions' },
      this.#runButton,
      this.#cancelButton,
      button('Plan', () => this.#tabs.open('plan'), { title: 'How SQLite would run it' }),
      this.#bar,
      this.#doing,
      el('span', { class: 'grow' }),
      el('span', { class: 'quiet hint', id: 'sql-keys' }, 'Ctrl+Enter runs, Ctrl+Space suggests, Esc cancels'),
    )
    return el(
      'main',
      {},
      el('nav', { class: 'side', 'aria-label': 'Schema' }, this.#filter, this.#tree.element),
      el(
        'div',
        { class: 'middle' },
        el(
          'section',
          { class: 'statement', 'aria-label': 'Statement' },
          this.#editor.element,
          this.#params.element,
          buttons,
        ),
        el('section', { class: 'results', 'aria-label': 'Results' }, this.#tabs.bar, this.#tabs.panels),
      ),
    )
  }

  async #choose(database: string): Promise<void> {
    this.#database = database
    this.#planned = ''
    await this.#readSchema()
  }

  async #readSchema(): Promise<void> {
    try {
      this.#tables = await this.#desk.tables(this.#database)
      this.#showTables()
      this.#diagram.show(this.#tables)
    } catch (error) {
      this.#rows.say('The schema cannot be read', messageOf(error))
    }
  }

  #showTables(): void {
    const words = this.#filter.value.toLowerCase()
    const holds = (name: string): boolean => name.toLowerCase().includes(words)
    this.#tree.show(
      this.#tables.filter(({ name, columns }) => holds(name) || columns.some((column) => holds(column.name))),
    )
  }

  async #readLog(): Promise<void> {
    // What comes twice, for two reads crossed, is shown once.
    const rans = await this.#desk.ran(this.#log.last).catch(() => [])
    this.#log.add(rans.filter(({ number }) => number > this.#log.last))
  }

  #showTable({ name }: Table): void {
    this.#editor.write(`SELECT * FROM ${written(name)}`)
    this.#run()
  }

  /** The statement with its values; undefined where one of them is none, which is then shown. */
  #statement(): Statement | undefined {
    try {
      return { sql: this.#editor.value, database: this.#database, ...this.#params.read() }
    } catch (error) {
      this.#rows.say('A parameter is missing or wrong', messageOf(error))
      this.#tabs.open('rows')
      return undefined
    }
  }

  #run(): void {
    const statement = this.#statement()
    if (statement === undefined || statement.sql.trim() === '') return
    this.#editor.mark(undefined)
    this.#tabs.open('rows')
    void this.#work.run(statement)
  }

  async #explain(): Promise<void> {
    const statement = this.#statement()
    if (statement === undefined) return
    if (statement.sql.trim() === '')
      return fill(this.#plan, el('p', { class: 'quiet empty' }, 'Write a statement first.'))
    const key = JSON.stringify(statement)
    if (key === this.#planned) return
    this.#editor.mark(undefined)
    await this.#work.also('Explaining', statement, async (signal) => {
      showPlan(this.#plan, await this.#desk.plan(statement, signal))
      this.#planned = key
    })
  }

  async #save(): Promise<void> {
    const statement = this.#statement()
    const csv = statement && (await this.#work.csv(statement))
    if (csv !== undefined) save(csv, 'result.csv', 'text/csv')
  }

  #fail(message: string, place: number | undefined, isSaid: boolean): void {
    this.#editor.mark(place)
    const go = place === undefined ? undefined : () => this.#editor.focus()
    this.#rows.say(isSaid ? 'The statement was not answered' : 'The server does not answer', message, go)
    this.#tabs.open('rows')
  }

  #replay({ sql, params, database }: Ran): void {
    const isKnown = this.#desk.databases.includes(database)
    if (isKnown && database !== this.#database) {
      this.#head.choose(database)
      void this.#choose(database)
    }
    this.#editor.write(sql)
    this.#params.write(params as Statement['params'])
    this.#editor.focus()
    announce('The statement is in the editor. Ctrl+Enter runs it.')
  }

  #tell(what: string | undefined): void {
    clearInterval(this.#ticking)
    this.#runButton.disabled = what !== undefined
    this.#cancelButton.disabled = what === undefined
    this.#bar.hidden = what === undefined
    this.#doing.textContent = ''
    if (what === undefined) return
    this.#started = performance.now()
    this.#ticking = setInterval(() => {
      this.#doing.textContent = `${what}, ${((performance.now() - this.#started) / 1000).toFixed(1)} s`
    }, 100)
  }

  #key(event: KeyboardEvent): void {
    const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey
    if (event.key === 'Escape' && this.#work.isRunning) this.#work.cancel()
    else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) this.#run()
    else if (event.key === 'F6' && isPlain) this.#cycle(event.shiftKey ? -1 : 1)
    else return
    event.preventDefault()
  }

  /** Goes to the next of the four places where the keyboard has work. */
  #cycle(step: number): void {
    const places = ['.side', '.statement', '.results', '.log'].map((each) => document.querySelector(each))
    const at = places.findIndex((place) => place?.contains(document.activeElement) === true)
    const goes = [
      () => this.#tree.focus(),
      () => this.#editor.focus(),
      () =>
        this.#tabs.chosen === 'rows'
          ? this.#rows.focus()
          : document.querySelector<HTMLElement>('[role=tab][tabindex="0"]')?.focus(),
      () => this.#log.focus(),
    ]
    goes[(Math.max(at, step > 0 ? -1 : 0) + step + goes.length) % goes.length]?.()
  }
}

/** Shows the page over a connection; settles when there is something to see. */
export const openPage = (desk: Desk): Promise<void> => new Page(desk).open()
