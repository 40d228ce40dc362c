const authors = [
  ['Mary Shelley', 1797, 'United Kingdom'],
  ['Jane Austen', 1775, 'United Kingdom'],
  ['Jules Verne', 1828, 'France'],
  ['Sigrid Undset', 1882, 'Norway'],
  ['Machado de Assis', 1839, 'Brazil'],
  ['Murasaki Shikibu', null, 'Japan'],
  ['Mark Twain', 1835, 'United States'],
  ['Selma Lagerlöf', 1858, 'Sweden'],
] as const

const books = [
  ['Frankenstein', 1, 1818, 9.5],
  ['The Last Man', 1, 1826, 11],
  ['Emma', 2, 1815, 8.9],
  ['Persuasion', 2, 1817, 8.5],
  ['Pride and Prejudice', 2, 1813, 9.9],
  ['Around the World in Eighty Days', 3, 1872, 10.5],
  ['Twenty Thousand Leagues Under the Seas', 3, 1870, 12.5],
  ['Kristin Lavransdatter', 4, 1920, 24],
  ['Dom Casmurro', 5, 1899, 13.9],
  ['The Posthumous Memoirs of Brás Cubas', 5, 1881, 14.5],
  ['The Tale of Genji', 6, null, 29],
  ['Adventures of Huckleberry Finn', 7, 1884, 9.2],
  ['A Connecticut Yankee in King Arthur’s Court', 7, 1889, 10.8],
  ['The Wonderful Adventures of Nils', 8, 1906, 15.5],
  ['Gösta Berling’s Saga', 8, 1891, 16],
] as const

const names = ['Ada', 'Bruno', 'Chidi', 'Dalia', 'Emil', 'Fatou', 'Gita', 'Hugo', 'Ines', 'Jun', 'Kaja', 'Luz']
const cities = ['Oslo', 'Lisbon', 'Lagos', 'Kyoto', 'Recife', 'Leeds']

type Value = string | number | null
const literal = (value: Value): string =>
  typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value ?? 'NULL')
const insert = (table: string, rows: readonly (readonly Value[])[]): string =>
  `INSERT INTO ${table} VALUES ${rows.map((row) => `(${row.map(literal).join(', ')})`).join(',\n')};`

/** The same numbers each time, so that the sample says the same wherever it is made. */
const dice = (): ((sides: number) => number) => {
  let state = 20
  return (sides) => {
    state = (state * 48_271) % 2_147_483_647
    return state % sides
  }
}

const day = (offset: number): string => new Date(Date.UTC(2025, 0, 1 + offset)).toISOString().slice(0, 10)

const customers = (count: number): Value[][] =>
  Array.from({ length: count }, (_, index) => {
    const name = `${names[index % names.length]} ${String.fromCharCode(65 + ((index * 7) % 26))}.`
    // Some left no address, for there to be something to find.
    const email = index % 9 === 4 ? null : `customer${index + 1}@shop.example`
    return [index + 1, name, email, cities[(index * 5) % cities.length] ?? '', day(index * 3)]
  })

const ordersOf = (count: number, buyers: number): { orders: Value[][]; lines: Value[][] } => {
  const roll = dice()
  const orders: Value[][] = []
  const lines: Value[][] = []
  for (let id = 1; id <= count; id++) {
    const status = roll(12) === 0 ? 'returned' : id > count - 20 ? 'open' : 'sent'
    orders.push([id, 1 + roll(buyers), day(90 + Math.floor(id / 2)), status])
    const first = roll(books.length)
    for (let line = 0; line <= roll(3); line++) {
      const book = (first + line * 4) % books.length
      lines.push([id, book + 1, 1 + roll(3), books[book]?.[3] ?? 1])
    }
  }
  return { orders, lines }
}

/** The statements that fill the sample's tables: 8 authors, 15 books, 48 customers, 400 orders. */
export const inserts = (): string => {
  const roll = dice()
  const { orders, lines } = ordersOf(400, 48)
  return [
    insert(
      'authors',
      authors.map((author, index) => [index + 1, ...author]),
    ),
    insert(
      'books',
      books.map((book, index) => [index + 1, ...book, roll(40)]),
    ),
    insert('customers', customers(48)),
    insert('orders', orders),
    insert('order_lines', [...new Map(lines.map((line) => [`${line[0]}/${line[1]}`, line])).values()]),
  ].join('\n')
}
