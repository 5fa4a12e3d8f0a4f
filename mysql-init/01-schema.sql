-- The shop: what applications write and the platform captures.
-- Every column is bounded, so a change event always fits a Kafka message; money is DECIMAL, never a float.
-- Status, quantity and the sums are not constrained here: a real shop writes bad rows too, and the pipeline must say so.

CREATE DATABASE IF NOT EXISTS shop CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_ai_ci;
USE shop;

CREATE TABLE customers (
  id         INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  name       VARCHAR(100) NOT NULL,
  email      VARCHAR(254) NOT NULL,
  city       VARCHAR(100) NOT NULL,
  country    CHAR(2)      NOT NULL COMMENT 'ISO 3166 code',
  tier       VARCHAR(20)  NOT NULL DEFAULT 'standard' COMMENT 'standard, silver, gold',
  created_at TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  updated_at TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
  UNIQUE KEY customers_email (email)
);

CREATE TABLE products (
  id       INT UNSIGNED   NOT NULL AUTO_INCREMENT PRIMARY KEY,
  sku      VARCHAR(40)    NOT NULL,
  name     VARCHAR(200)   NOT NULL,
  category VARCHAR(60)    NOT NULL,
  price    DECIMAL(12, 2) NOT NULL,
  currency CHAR(3)        NOT NULL COMMENT 'ISO 4217 code of the price',
  active   BOOLEAN        NOT NULL DEFAULT TRUE,
  UNIQUE KEY products_sku (sku)
);

CREATE TABLE orders (
  id               BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  customer_id      INT UNSIGNED    NOT NULL,
  status           VARCHAR(20)     NOT NULL DEFAULT 'created'
                   COMMENT 'created, paid, preparing, shipped, delivered, cancelled, refunded',
  currency         CHAR(3)         NOT NULL,
  items_total      DECIMAL(18, 2)  NOT NULL COMMENT 'sum of quantity * unit_price of the lines',
  shipping_fee     DECIMAL(18, 2)  NOT NULL DEFAULT 0,
  discount         DECIMAL(18, 2)  NOT NULL DEFAULT 0,
  total_amount     DECIMAL(18, 2)  NOT NULL COMMENT 'items_total + shipping_fee - discount',
  delivery_address VARCHAR(500)    NOT NULL,
  delivery_city    VARCHAR(100)    NOT NULL,
  ordered_at       DATETIME(6)     NOT NULL DEFAULT (UTC_TIMESTAMP(6)) COMMENT 'UTC, whatever the time zone of the session',
  updated_at       TIMESTAMP(6)    NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
  KEY orders_updated_at (updated_at),
  KEY orders_ordered_at (ordered_at),
  CONSTRAINT orders_customer FOREIGN KEY (customer_id) REFERENCES customers (id),
  -- 31 February (sql_mode ALLOW_INVALID_DATES) would stop the capture for everybody: Debezium cannot read it
  CONSTRAINT orders_ordered_at_is_a_day CHECK (DAYOFMONTH(ordered_at) <= DAYOFMONTH(LAST_DAY(ordered_at)))
);

CREATE TABLE order_items (
  order_id   BIGINT UNSIGNED NOT NULL,
  line_no    INT UNSIGNED    NOT NULL,
  product_id INT UNSIGNED    NOT NULL,
  quantity   INT             NOT NULL,
  unit_price DECIMAL(14, 2)  NOT NULL,
  PRIMARY KEY (order_id, line_no),
  CONSTRAINT order_items_order FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE CASCADE,
  CONSTRAINT order_items_product FOREIGN KEY (product_id) REFERENCES products (id),
  -- ids travel as signed 64-bit numbers; with foreign key checks off only this line stops a bigger one
  CONSTRAINT order_items_order_id_is_a_long CHECK (order_id <= 9223372036854775807)
);

-- One row per partition of the topic mysql-orders. The key is not called `id`: its event would have the key of an
-- order, and compaction would delete that order.
CREATE TABLE order_ticks (
  slot      INT          NOT NULL PRIMARY KEY,
  ticked_at TIMESTAMP(6) NOT NULL
);
