"""The demo's tables: a small shop, generated in SQL, the same at every start."""

from __future__ import annotations

from typing import Final

TABLES: Final = """
CREATE TABLE customers (
    id integer PRIMARY KEY,
    name text NOT NULL,
    country text NOT NULL,
    since date NOT NULL
);

CREATE TABLE orders (
    id integer PRIMARY KEY,
    customer_id integer NOT NULL REFERENCES customers,
    ordered_on date NOT NULL,
    product text NOT NULL,
    amount numeric(10, 2) NOT NULL,
    status text NOT NULL
);

INSERT INTO customers
SELECT n,
       (ARRAY['Amara', 'Bruno', 'Chiara', 'Daniel', 'Elif', 'Farid', 'Greta', 'Hugo', 'Ines', 'Jonas', 'Kaja'])
           [1 + n % 11]
       || ' ' ||
       (ARRAY['Albers', 'Bianchi', 'Costa', 'Dahl', 'Eriksen', 'Fontaine', 'Gruber', 'Haas', 'Ivanova', 'Jansen',
              'Kowalski', 'Lindgren', 'Moreau']) [1 + n % 13],
       (ARRAY['Germany', 'France', 'Italy', 'Norway', 'Poland', 'Portugal', 'Spain']) [1 + (n * 3 + n / 11) % 7],
       date '2023-01-09' + n * 7
FROM generate_series(1, 120) AS n;

INSERT INTO orders
SELECT n,
       1 + n * 37 % 120,
       date '2025-06-02' + n / 4,
       (ARRAY['Desk lamp', 'Office chair', 'Standing desk', 'Monitor arm', 'Keyboard', 'Notebook, lined', 'Backpack'])
           [1 + n * 5 % 7],
       round((19.90 + n * 7919 % 48000 / 100.0)::numeric, 2),
       CASE WHEN n > 560 THEN 'open' WHEN n % 23 = 0 THEN 'returned' ELSE 'delivered' END
FROM generate_series(1, 600) AS n;
"""

TOP_COUNTRIES: Final = """
SELECT country, count(*) AS orders, sum(amount) AS revenue
FROM orders JOIN customers ON customers.id = customer_id
WHERE status <> 'returned'
GROUP BY country ORDER BY revenue DESC LIMIT 5
"""
