/** The tables of the sample database: a small bookshop. */
export const schema = `
CREATE TABLE authors (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  born INTEGER,
  country TEXT
);
CREATE TABLE books (
  id INTEGER PRIMARY KEY,
  title TEXT NOT NULL,
  author_id INTEGER NOT NULL REFERENCES authors(id),
  year INTEGER,
  price REAL NOT NULL CHECK (price > 0),
  stock INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX books_by_author ON books(author_id);
CREATE TABLE customers (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  email TEXT,
  city TEXT NOT NULL,
  since TEXT NOT NULL
);
CREATE TABLE orders (
  id INTEGER PRIMARY KEY,
  customer_id INTEGER NOT NULL REFERENCES customers(id),
  ordered_at TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('open', 'sent', 'returned'))
);
CREATE INDEX orders_by_customer ON orders(customer_id);
CREATE TABLE order_lines (
  order_id INTEGER NOT NULL REFERENCES orders(id),
  book_id INTEGER NOT NULL REFERENCES books(id),
  quantity INTEGER NOT NULL CHECK (quantity > 0),
  price REAL NOT NULL,
  PRIMARY KEY (order_id, book_id)
) WITHOUT ROWID;
CREATE VIEW sales AS
  SELECT books.id AS book_id, books.title, authors.name AS author,
         sum(order_lines.quantity) AS sold, round(sum(order_lines.quantity * order_lines.price), 2) AS revenue
  FROM order_lines
  JOIN orders ON orders.id = order_lines.order_id AND orders.status <> 'returned'
  JOIN books ON books.id = order_lines.book_id
  JOIN authors ON authors.id = books.author_id
  GROUP BY books.id;
CREATE TRIGGER stock_never_negative BEFORE UPDATE OF stock ON books WHEN new.stock < 0
  BEGIN SELECT raise(ABORT, 'stock would be negative'); END;
`
